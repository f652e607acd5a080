DROP TABLE api_request;
DROP TABLE api_token;
