//! The desk through its own routes.
