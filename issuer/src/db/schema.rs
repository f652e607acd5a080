//! The tables as diesel sees them; `migrations/` is where they are made.

diesel::table! {
    audit_counter (id) {
        id -> BigInt,
        value -> BigInt,
    }
}

diesel::table! {
    audit_log (seq) {
        seq -> BigInt,
        at -> Timestamp,
        officer -> Text,
        role -> Text,
        desk -> Text,
        act -> Text,
        subject_kind -> Text,
        subject -> Text,
        reason -> Nullable<Text>,
        previous_hash -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    officer (id) {
        id -> Text,
        login -> Text,
        role -> Text,
        password_hash -> Text,
        created_at -> Timestamp,
        state -> Text,
    }
}

diesel::table! {
    enrolment (id) {
        id -> Text,
        state -> Text,
        created_at -> Timestamp,
        destroy_by -> Date,
        destroy_by_key -> Text,
        sealed -> Nullable<Binary>,
        wrapped_key -> Nullable<Binary>,
        officer -> Text,
        desk -> Text,
    }
}

diesel::table! {
    issuing_key (kid) {
        kid -> Text,
        #[sql_name = "use"]
        usage -> Text,
        state -> Text,
        not_before -> Timestamp,
        not_after -> Timestamp,
        compromised_since -> Nullable<Timestamp>,
        public_key -> Binary,
        created_at -> Timestamp,
        desk -> Nullable<Text>,
    }
}

diesel::table! {
    status_list (id) {
        id -> Text,
        kid -> Text,
        expiry_year -> BigInt,
        shard -> BigInt,
        capacity -> BigInt,
        next_position -> BigInt,
        uri -> Text,
    }
}

diesel::table! {
    batch (id) {
        id -> Text,
        file_digest -> Binary,
        rows -> BigInt,
        state -> Text,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
        job -> Nullable<Text>,
    }
}

diesel::table! {
    batch_file (batch_id, product, first_row) {
        batch_id -> Text,
        product -> Text,
        first_row -> BigInt,
        last_row -> BigInt,
        digest -> Binary,
        made_at -> Timestamp,
    }
}

diesel::table! {
    card (id) {
        id -> Text,
        number -> Text,
        enrolment_id -> Nullable<Text>,
        kid -> Text,
        status_list_id -> Text,
        status_index -> BigInt,
        services -> Text,
        issued_at -> Timestamp,
        expires_at -> Timestamp,
        state -> Text,
        status -> Text,
        identity_digest -> Binary,
        service_digest -> Binary,
        recovery_hash -> Nullable<Binary>,
        batch_id -> Nullable<Text>,
        batch_row -> Nullable<BigInt>,
        desk -> Text,
        officer -> Text,
    }
}

diesel::table! {
    status_change (id) {
        id -> Text,
        card_id -> Text,
        from_status -> Text,
        to_status -> Text,
        reason -> Text,
        at -> Timestamp,
        officer -> Text,
    }
}

diesel::table! {
    publication (sequence) {
        sequence -> BigInt,
        kind -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    recognised_issuer (url) {
        url -> Text,
        name -> Text,
        jwks -> Text,
        services -> Text,
        has_status -> Bool,
        added_at -> Timestamp,
    }
}

diesel::table! {
    recognised_list (uri) {
        uri -> Text,
        url -> Text,
        token -> Binary,
    }
}

diesel::table! {
    session (id) {
        id -> Text,
        token_hash -> Binary,
        officer_id -> Text,
        created_at -> Timestamp,
        last_seen_at -> Timestamp,
        csrf_secret -> Binary,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sign_in_link (token_hash) {
        token_hash -> Binary,
        officer_id -> Text,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    second_factor (officer_id) {
        officer_id -> Text,
        sealed_secret -> Binary,
        last_step -> BigInt,
    }
}

diesel::table! {
    officer_recovery (code_hash) {
        code_hash -> Binary,
        officer_id -> Text,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    visit (enrolment_id) {
        enrolment_id -> Text,
        ticket -> Text,
        kind -> Text,
        earlier_card_id -> Nullable<Text>,
        card_id -> Nullable<Text>,
        station -> Text,
        version -> BigInt,
        stamp -> BigInt,
        began_at -> Timestamp,
        desk -> Text,
        changed_by -> Text,
        changed_at -> Timestamp,
        waiting_since -> Timestamp,
        opened_by -> Nullable<Text>,
        opened_at -> Nullable<Timestamp>,
        closed_at -> Nullable<Timestamp>,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    evidence_check (enrolment_id, document_type) {
        enrolment_id -> Text,
        document_type -> Text,
        identity_points -> BigInt,
        residency_points -> BigInt,
        officer -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    second_look (id) {
        id -> Text,
        enrolment_id -> Text,
        asked_reason -> Text,
        asked_at_station -> Text,
        asked_by -> Text,
        asked_at -> Timestamp,
        decision -> Nullable<Text>,
        decided_reason -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    duplicate_hash (card_id, term) {
        card_id -> Text,
        term -> BigInt,
        hash -> Binary,
    }
}

diesel::table! {
    print_job (id) {
        id -> Text,
        enrolment_id -> Text,
        card_id -> Text,
        queued_at -> Timestamp,
        queued_by -> Text,
        desk -> Text,
        outcome -> Nullable<Text>,
        outcome_at -> Nullable<Timestamp>,
        outcome_by -> Nullable<Text>,
    }
}

diesel::table! {
    mass_revocation (id) {
        id -> Text,
        chosen_by -> Text,
        chosen -> Text,
        issued_since -> Nullable<Timestamp>,
        issued_until -> Timestamp,
        reason -> Text,
        state -> Text,
        asked_by -> Text,
        asked_at -> Timestamp,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
        finished_at -> Nullable<Timestamp>,
        counted -> BigInt,
        revoked -> BigInt,
        last_card_id -> Nullable<Text>,
    }
}

diesel::table! {
    approval (id) {
        id -> Text,
        what -> Text,
        asked_by -> Text,
        asked_at -> Timestamp,
        approved_by -> Nullable<Text>,
        approved_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    kept_status (status_list_id, status_index) {
        status_list_id -> Text,
        status_index -> BigInt,
        status -> Text,
    }
}

diesel::table! {
    destruction (id) {
        id -> Text,
        kind -> Text,
        due -> Date,
        records -> BigInt,
        begun_at -> Timestamp,
        destroyed_at -> Nullable<Timestamp>,
        sequence -> Nullable<BigInt>,
        signed -> Nullable<Binary>,
    }
}

diesel::table! {
    retention_change (id) {
        id -> Text,
        enrolment_id -> Text,
        state -> Text,
        from_day -> Date,
        to_day -> Date,
        reason -> Text,
        at -> Timestamp,
        officer -> Text,
    }
}

diesel::table! {
    hold (id) {
        id -> Text,
        state -> Text,
        reason -> Text,
        asked_by -> Text,
        asked_at -> Timestamp,
        decided_by -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
        end_asked_by -> Nullable<Text>,
        end_asked_at -> Nullable<Timestamp>,
        released_by -> Nullable<Text>,
        released_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    hold_card (hold_id, card_id) {
        hold_id -> Text,
        card_id -> Text,
    }
}

diesel::table! {
    audit_checkpoint (seq) {
        seq -> BigInt,
        at -> Timestamp,
        signed -> Binary,
    }
}

diesel::table! {
    demand (id) {
        id -> Text,
        received_on -> Date,
        kind -> Text,
        answer -> Text,
        answered_on -> Nullable<Date>,
        cards -> BigInt,
        reference -> Text,
        entered_at -> Timestamp,
        officer -> Text,
    }
}

diesel::table! {
    kit (id) {
        id -> Text,
        #[sql_name = "called"]
        name -> Text,
        kid -> Text,
        statement_key -> Binary,
        first_hash -> Binary,
        officers -> Text,
        made_at -> Timestamp,
        valid_until -> Timestamp,
        state -> Text,
        merged_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    kit_entry (kit_id, seq) {
        kit_id -> Text,
        seq -> BigInt,
        at -> Timestamp,
        officer -> Text,
        role -> Text,
        desk -> Text,
        act -> Text,
        subject_kind -> Text,
        subject -> Text,
        reason -> Nullable<Text>,
        previous_hash -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    kit_receipt (kit_id, sequence) {
        kit_id -> Text,
        sequence -> BigInt,
        signed -> Binary,
    }
}

diesel::table! {
    kit_revocation (id) {
        id -> Text,
        kit_id -> Text,
        number -> Nullable<Text>,
        recovery_hash -> Nullable<Binary>,
        reason -> Text,
        at -> Timestamp,
        officer -> Text,
    }
}

diesel::table! {
    api_token (id) {
        id -> Text,
        name -> Text,
        token_hash -> Binary,
        scopes -> Text,
        desk -> Text,
        calls_a_minute -> BigInt,
        made_at -> Timestamp,
        expires_at -> Timestamp,
        withdrawn_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    api_request (key_hash) {
        key_hash -> Binary,
        request_hash -> Binary,
        card_id -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    lease (task) {
        task -> Text,
        holder -> Nullable<Text>,
        token -> BigInt,
        until -> Timestamp,
        done_at -> Nullable<Timestamp>,
        done_to -> Nullable<BigInt>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(hold, hold_card, card, enrolment);
