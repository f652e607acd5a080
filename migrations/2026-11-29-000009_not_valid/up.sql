-- What a publication reads of a list: the few cards on it that are not valid, without looking at the others.
CREATE INDEX card_not_valid ON card (status_list_id, status_index, status) WHERE status <> 'valid';
