DROP TABLE officer_recovery;
DROP TABLE second_factor;
DROP TABLE sign_in_link;
DROP TABLE session;
