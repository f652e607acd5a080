//! Types that describe what others write and what stands in words: for the description alone. A test holds the words against the
//! lists that they come from.

#![expect(dead_code, reason = "types that describe what others write")]

use serde::Deserialize;
use utoipa::ToSchema;

/// A card that is asked for: what a row of a batch has. What is left out, null or empty is not given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCard {
    /// The name in use.
    #[schema(min_length = 1, max_length = 200)]
    full_name: String,
    /// The name in a second script; with its language.
    #[schema(max_length = 200)]
    second_name: Option<String>,
    /// The language of the second name.
    second_lang: Option<String>,
    /// `YYYY-MM-DD`, or a year alone.
    birth_date: Option<String>,
    /// `F`, `M` or `X`.
    gender: Option<String>,
    /// The address.
    #[schema(max_length = 200)]
    address: Option<String>,
    /// The guardian of a minor.
    #[schema(max_length = 200)]
    guardian: Option<String>,
    /// The services it opens; all of the city's, without.
    #[schema(max_items = 40)]
    services: Option<Vec<String>>,
    /// The language of the card, such as `en`; the city's first, without.
    language: Option<String>,
    /// The photo: JPEG, PNG or WebP, in base64.
    photo: Option<String>,
    /// Why there is to be another card, where somebody of the same name and birth date has a good one.
    #[schema(value_type = Option<AnotherWord>)]
    another: Option<String>,
}

/// Why there is to be another card.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum AnotherWord {
    /// It is somebody else of the same name and birth date.
    SomebodyElse,
    /// The other card was lost.
    Lost,
    /// The other card runs out.
    RunsOut,
    /// Something else.
    Other,
}

/// Why a card is suspended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SuspendReason {
    /// A word of the desk's own list.
    reason: SuspendWord,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SuspendWord {
    Lost,
    Stolen,
    Misused,
    Other,
}

/// Why a card is good again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReinstateReason {
    /// A word of the desk's own list.
    reason: ReinstateWord,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ReinstateWord {
    Found,
    Mistake,
    Other,
}

/// Why a card is revoked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RevokeReason {
    /// A word of the desk's own list.
    reason: RevokeWord,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum RevokeWord {
    Lost,
    Stolen,
    Damaged,
    Wish,
    Mistake,
    Misused,
    Died,
}

/// Whether a card is good.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StatusWord {
    /// Good.
    Valid,
    /// Not good for now.
    Suspended,
    /// Never good again.
    Revoked,
}

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(super) struct File(Vec<u8>);
