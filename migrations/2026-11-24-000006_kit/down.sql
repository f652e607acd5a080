DROP TABLE kit_revocation;
DROP TABLE kit_receipt;
DROP TABLE kit_entry;
DROP TABLE kit;
