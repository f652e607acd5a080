DROP INDEX card_not_valid;
