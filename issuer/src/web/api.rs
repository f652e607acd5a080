//! What other programs of the city call: `/api/v1`.
//!
//! It stands beside the desk's pages in the one table of addresses, behind a gate of its own: no cookie opens it and no form is
//! taken. Nothing personal comes out, not even what was just sent in, but for the card for print that the issuing call itself
//! may ask for.

mod answer;
mod body;
mod calls;
pub(super) mod cards;
mod described;
mod gate;
pub(super) mod issue;
pub(super) mod openapi;
mod problem;
pub(super) mod program;

use problem::Problem;

pub(super) use calls::Calls;
pub(super) use gate::{Door, pass};

/// There is no such address.
pub(super) async fn nowhere() -> Problem {
    Problem::nowhere()
}
