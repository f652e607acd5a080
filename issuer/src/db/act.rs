//! The words of the audit log: who, what, to which kind of thing.

use super::api_token::ApiToken;
use super::lease::Held;
use super::officer::{Officer, Role};
use super::{Id, Word};

/// Who acts, in which role, at which desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub(super) officer: String,
    pub(super) role: &'static str,
    pub(super) desk: String,
    pub(super) held: Option<Held>,
}

impl Actor {
    /// Whoever may run commands on the city's machine.
    #[must_use]
    pub fn command_line(desk: &str) -> Self {
        Self { officer: "command-line".to_owned(), role: "command-line", desk: desk.to_owned(), held: None }
    }

    /// A signed-in officer.
    #[must_use]
    pub fn officer(id: &Id<Officer>, role: Role, desk: &str) -> Self {
        Self { officer: id.to_string(), role: role.as_str(), desk: desk.to_owned(), held: None }
    }

    /// Somebody who is not signed in.
    #[must_use]
    pub fn signed_out(desk: &str) -> Self {
        Self { officer: "signed-out".to_owned(), role: "signed-out", desk: desk.to_owned(), held: None }
    }

    /// The server itself, at its hour.
    #[must_use]
    pub fn schedule() -> Self {
        Self { officer: "schedule".to_owned(), role: "schedule", desk: "hall".to_owned(), held: None }
    }

    /// The same, under a lease: what it writes is kept only while nobody has taken that over.
    #[must_use]
    pub fn under(self, held: Held) -> Self {
        Self { held: Some(held), ..self }
    }

    /// The same, under the lease that another actor has, if it has one.
    #[must_use]
    pub fn under_lease_of(self, other: &Self) -> Self {
        Self { held: other.held, ..self }
    }

    /// Another program of the city, by its token.
    #[must_use]
    pub fn program(token: &Id<ApiToken>, desk: &str) -> Self {
        Self { officer: token.to_string(), role: "program", desk: desk.to_owned(), held: None }
    }

    /// The officer's id, or `command-line`: what the tables' `officer` columns hold.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.officer
    }

    /// The role: a word of [`Role`], or what stands for none.
    #[must_use]
    pub fn role(&self) -> &str {
        self.role
    }

    /// The desk.
    #[must_use]
    pub fn desk(&self) -> &str {
        &self.desk
    }
}

/// What can be done, as the audit log tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Act {
    /// A city was set up.
    CityMade,
    /// The city's database was carried to another server.
    CityMoved,
    /// A key was made.
    KeyMade,
    /// A key signs no more.
    KeyRetired,
    /// A key is no longer trusted.
    KeyCompromised,
    /// An officer was given an account.
    OfficerAdded,
    /// An officer's account was blocked.
    OfficerBlocked,
    /// An officer's password, codes and sessions were taken away, and a new link given.
    OfficerReset,
    /// An officer used a link to choose a password and a second factor.
    OfficerSetUp,
    /// An officer changed the password.
    PasswordChanged,
    /// An officer signed in.
    SignedIn,
    /// Somebody tried to sign in and could not.
    SignInRefused,
    /// An officer signed out.
    SignedOut,
    /// An officer ended sessions in other browsers.
    SessionsEnded,
    /// An officer looked at a page.
    PageViewed,
    /// An officer asked for a page that is for another role.
    PageRefused,
    /// A batch of cards was begun.
    BatchOpened,
    /// Files to be printed of a batch were made.
    BatchPrinted,
    /// A batch of cards is complete.
    BatchFinished,
    /// Numbers and status positions were taken for cards.
    CardsReserved,
    /// Cards were signed.
    CardsIssued,
    /// Cards of an interrupted batch were given new recovery codes.
    RecoveryRenewed,
    /// A card was suspended.
    CardSuspended,
    /// A suspended card is good again.
    CardReinstated,
    /// A card was revoked.
    CardRevoked,
    /// A resident was enrolled.
    EnrolmentMade,
    /// A sealed record was opened and looked at.
    EnrolmentViewed,
    /// Sealed records were destroyed.
    EnrolmentsDestroyed,
    /// Trust list, status lists or bundle were published.
    Published,
    /// Another city's issuer was recognised.
    IssuerRecognised,
    /// What was typed into an open enrolment was kept.
    EnrolmentSaved,
    /// An enrolment was taken to another station of the desk.
    EnrolmentMoved,
    /// An enrolment ended without a card, at the resident's wish.
    EnrolmentAbandoned,
    /// Papers were shown, and they were enough.
    EvidenceChecked,
    /// An officer asked another for a second look.
    SecondLookAsked,
    /// Another officer looked and decided.
    SecondLookDecided,
    /// A card was made although somebody alike has one.
    DuplicateAllowed,
    /// Hashes of old terms were forgotten.
    DuplicatesForgotten,
    /// A card was given to the printer.
    PrintQueued,
    /// An officer said what came out of the printer.
    PrintAnswered,
    /// A printed card was scanned before it is handed over.
    CardScanned,
    /// A printed card was not scanned, for a reason.
    ScanSkipped,
    /// The holder has the card.
    CardHandedOver,
    /// An officer asked that many cards be revoked.
    MassRevocationAsked,
    /// Another officer decided about that.
    MassRevocationDecided,
    /// Some more of those cards are revoked.
    MassRevocationStepped,
    /// All of those cards are revoked.
    MassRevocationDone,
    /// A custodian asked for what takes two.
    ApprovalAsked,
    /// A second custodian approved it.
    ApprovalGiven,
    /// A backup was made.
    BackupMade,
    /// An older database was put back.
    DatabaseRestored,
    /// A case is kept shorter, or longer within the city's rule.
    RetentionChanged,
    /// What is due is about to be destroyed.
    DestructionBegun,
    /// A holder's record was destroyed because they wished it.
    DestroyedAtWish,
    /// The receipt of a destruction was signed.
    ReceiptSigned,
    /// The records due on a day were wrapped by a new key, so that a destroyed one opens in no backup.
    DayRekeyed,
    /// An officer asked that records be held.
    HoldAsked,
    /// Another officer declined a hold.
    HoldDeclined,
    /// Another officer approved a hold: records are held.
    HoldBegun,
    /// An officer asked that a hold end.
    HoldEndAsked,
    /// Another officer released a hold.
    HoldReleased,
    /// The audit log's last hash was signed.
    CheckpointMade,
    /// The audit log was given out as a file.
    AuditExported,
    /// All that is held of one holder was looked at, at their wish.
    EverythingViewed,
    /// A demand for data was entered into the register.
    DemandEntered,
    /// A demand for data was answered.
    DemandAnswered,
    /// An event kit was made, and left the city hall.
    KitMade,
    /// The first entry of an event kit's own log.
    KitBegun,
    /// An event kit issues no more: what it did goes home.
    KitClosed,
    /// What an event kit did was brought home.
    KitMerged,
    /// A card of an event kit bears a number that was drawn at home too: it is revoked.
    KitCardRefused,
    /// A card is to be revoked as soon as the event kit that made it is home.
    KitRevocationNoted,
    /// An event kit was lost.
    KitLost,
    /// A program was given a token.
    TokenMade,
    /// A program's token was withdrawn.
    TokenWithdrawn,
    /// A program looked a card up.
    CardLookedUp,
    /// A program asked for what it may not, or cannot be.
    CallRefused,
    /// A program sent a call again, and was given the card that it had made.
    CallRepeated,
    /// Calls of programs that made cards were forgotten.
    CallsForgotten,
    /// Scheduled work was taken over from a server that fell silent in the middle of it.
    WorkTakenOver,
}

impl Word for Act {
    const ALL: &'static [Self] = &[
        Self::CityMade,
        Self::CityMoved,
        Self::KeyMade,
        Self::KeyRetired,
        Self::KeyCompromised,
        Self::OfficerAdded,
        Self::OfficerBlocked,
        Self::OfficerReset,
        Self::OfficerSetUp,
        Self::PasswordChanged,
        Self::SignedIn,
        Self::SignInRefused,
        Self::SignedOut,
        Self::SessionsEnded,
        Self::PageViewed,
        Self::PageRefused,
        Self::BatchOpened,
        Self::BatchPrinted,
        Self::BatchFinished,
        Self::CardsReserved,
        Self::CardsIssued,
        Self::RecoveryRenewed,
        Self::CardSuspended,
        Self::CardReinstated,
        Self::CardRevoked,
        Self::EnrolmentMade,
        Self::EnrolmentViewed,
        Self::EnrolmentsDestroyed,
        Self::Published,
        Self::IssuerRecognised,
        Self::EnrolmentSaved,
        Self::EnrolmentMoved,
        Self::EnrolmentAbandoned,
        Self::EvidenceChecked,
        Self::SecondLookAsked,
        Self::SecondLookDecided,
        Self::DuplicateAllowed,
        Self::DuplicatesForgotten,
        Self::PrintQueued,
        Self::PrintAnswered,
        Self::CardScanned,
        Self::ScanSkipped,
        Self::CardHandedOver,
        Self::MassRevocationAsked,
        Self::MassRevocationDecided,
        Self::MassRevocationStepped,
        Self::MassRevocationDone,
        Self::ApprovalAsked,
        Self::ApprovalGiven,
        Self::BackupMade,
        Self::DatabaseRestored,
        Self::RetentionChanged,
        Self::DestructionBegun,
        Self::DestroyedAtWish,
        Self::ReceiptSigned,
        Self::DayRekeyed,
        Self::HoldAsked,
        Self::HoldDeclined,
        Self::HoldBegun,
        Self::HoldEndAsked,
        Self::HoldReleased,
        Self::CheckpointMade,
        Self::AuditExported,
        Self::EverythingViewed,
        Self::DemandEntered,
        Self::DemandAnswered,
        Self::KitMade,
        Self::KitBegun,
        Self::KitClosed,
        Self::KitMerged,
        Self::KitCardRefused,
        Self::KitRevocationNoted,
        Self::KitLost,
        Self::TokenMade,
        Self::TokenWithdrawn,
        Self::CardLookedUp,
        Self::CallRefused,
        Self::CallRepeated,
        Self::CallsForgotten,
        Self::WorkTakenOver,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::CityMade => "city_made",
            Self::CityMoved => "city_moved",
            Self::KeyMade => "key_made",
            Self::KeyRetired => "key_retired",
            Self::KeyCompromised => "key_compromised",
            Self::OfficerAdded => "officer_added",
            Self::OfficerBlocked => "officer_blocked",
            Self::OfficerReset => "officer_reset",
            Self::OfficerSetUp => "officer_set_up",
            Self::PasswordChanged => "password_changed",
            Self::SignedIn => "signed_in",
            Self::SignInRefused => "sign_in_refused",
            Self::SignedOut => "signed_out",
            Self::SessionsEnded => "sessions_ended",
            Self::PageViewed => "page_viewed",
            Self::PageRefused => "page_refused",
            Self::BatchOpened => "batch_opened",
            Self::BatchPrinted => "batch_printed",
            Self::BatchFinished => "batch_finished",
            Self::CardsReserved => "cards_reserved",
            Self::CardsIssued => "cards_issued",
            Self::RecoveryRenewed => "recovery_renewed",
            Self::CardSuspended => "card_suspended",
            Self::CardReinstated => "card_reinstated",
            Self::CardRevoked => "card_revoked",
            Self::EnrolmentMade => "enrolment_made",
            Self::EnrolmentViewed => "enrolment_viewed",
            Self::EnrolmentsDestroyed => "enrolments_destroyed",
            Self::Published => "published",
            Self::IssuerRecognised => "issuer_recognised",
            Self::EnrolmentSaved => "enrolment_saved",
            Self::EnrolmentMoved => "enrolment_moved",
            Self::EnrolmentAbandoned => "enrolment_abandoned",
            Self::EvidenceChecked => "evidence_checked",
            Self::SecondLookAsked => "second_look_asked",
            Self::SecondLookDecided => "second_look_decided",
            Self::DuplicateAllowed => "duplicate_allowed",
            Self::DuplicatesForgotten => "duplicates_forgotten",
            Self::PrintQueued => "print_queued",
            Self::PrintAnswered => "print_answered",
            Self::CardScanned => "card_scanned",
            Self::ScanSkipped => "scan_skipped",
            Self::CardHandedOver => "card_handed_over",
            Self::MassRevocationAsked => "mass_revocation_asked",
            Self::MassRevocationDecided => "mass_revocation_decided",
            Self::MassRevocationStepped => "mass_revocation_stepped",
            Self::MassRevocationDone => "mass_revocation_done",
            Self::ApprovalAsked => "approval_asked",
            Self::ApprovalGiven => "approval_given",
            Self::BackupMade => "backup_made",
            Self::DatabaseRestored => "database_restored",
            Self::RetentionChanged => "retention_changed",
            Self::DestructionBegun => "destruction_begun",
            Self::DestroyedAtWish => "destroyed_at_wish",
            Self::ReceiptSigned => "receipt_signed",
            Self::DayRekeyed => "day_rekeyed",
            Self::HoldAsked => "hold_asked",
            Self::HoldDeclined => "hold_declined",
            Self::HoldBegun => "hold_begun",
            Self::HoldEndAsked => "hold_end_asked",
            Self::HoldReleased => "hold_released",
            Self::CheckpointMade => "checkpoint_made",
            Self::AuditExported => "audit_exported",
            Self::EverythingViewed => "everything_viewed",
            Self::DemandEntered => "demand_entered",
            Self::DemandAnswered => "demand_answered",
            Self::KitMade => "kit_made",
            Self::KitBegun => "kit_begun",
            Self::KitClosed => "kit_closed",
            Self::KitMerged => "kit_merged",
            Self::KitCardRefused => "kit_card_refused",
            Self::KitRevocationNoted => "kit_revocation_noted",
            Self::KitLost => "kit_lost",
            Self::TokenMade => "token_made",
            Self::TokenWithdrawn => "token_withdrawn",
            Self::CardLookedUp => "card_looked_up",
            Self::CallRefused => "call_refused",
            Self::CallRepeated => "call_repeated",
            Self::CallsForgotten => "calls_forgotten",
            Self::WorkTakenOver => "work_taken_over",
        }
    }
}

/// The kinds of thing the audit log speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubjectKind {
    /// The city itself.
    City,
    /// A key, by its kid.
    Key,
    /// An officer.
    Officer,
    /// A batch of cards.
    Batch,
    /// A card, by its number.
    Card,
    /// An enrolment.
    Enrolment,
    /// A destroy-by day.
    Day,
    /// A publication, by its sequence number.
    Publication,
    /// Another city's issuer, by its address.
    Issuer,
    /// A page of the desk, by its address.
    Page,
    /// A mass revocation.
    MassRevocation,
    /// What two custodians decide.
    Approval,
    /// A hold of records.
    Hold,
    /// A demand for data.
    Demand,
    /// The audit log itself.
    AuditLog,
    /// An event kit, by its name.
    Kit,
    /// Another program of the city, by its token's id.
    Program,
    /// An address that programs call.
    Call,
    /// A piece of scheduled work.
    Task,
}

impl Word for SubjectKind {
    const ALL: &'static [Self] = &[
        Self::City,
        Self::Key,
        Self::Officer,
        Self::Batch,
        Self::Card,
        Self::Enrolment,
        Self::Day,
        Self::Publication,
        Self::Issuer,
        Self::Page,
        Self::MassRevocation,
        Self::Approval,
        Self::Hold,
        Self::Demand,
        Self::AuditLog,
        Self::Kit,
        Self::Program,
        Self::Call,
        Self::Task,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Key => "key",
            Self::Officer => "officer",
            Self::Batch => "batch",
            Self::Card => "card",
            Self::Enrolment => "enrolment",
            Self::Day => "day",
            Self::Publication => "publication",
            Self::Issuer => "issuer",
            Self::Page => "page",
            Self::MassRevocation => "mass_revocation",
            Self::Approval => "approval",
            Self::Hold => "hold",
            Self::Demand => "demand",
            Self::AuditLog => "audit_log",
            Self::Kit => "kit",
            Self::Program => "program",
            Self::Call => "call",
            Self::Task => "task",
        }
    }
}
