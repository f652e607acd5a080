//! What whoever watches the city's servers is told, and how a server ends.

mod farewell;
mod log;
mod metrics;
mod tls;
