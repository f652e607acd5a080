//! Other programs of the city, which issue cards and ask about them with a token of their own. The rules; no address.
//!
//! A token is like an officer who needs no second factor and never goes home: so it is made by custodians, as keys are, can do
//! what its scopes say and no more, and ends on its day.

mod issue;
mod request;
mod token;

pub use issue::{Asked, Issued, NotIssued, issue};
pub use request::{KEPT, RequestKey, forget_old};
pub use token::{LONGEST, Made, PREFIX, Wanted, list, make, read, withdraw};
