//! Outside systems, each with a client that speaks its protocol and a local stand-in.

pub mod mail;
pub mod ml;
pub mod resolve;
