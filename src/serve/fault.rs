//! Ways for tests to see a server that fails.

use std::env::var_os;

/// A fault of the server, put there on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No port can be bound.
    Bind,
    /// Connections are accepted and never answered.
    Stall,
    /// Connections are closed after half of a body.
    Close,
}

impl Fault {
    /// What `HYPERFRAMES_NATIVE_FAULT_SERVER` says (`bind`, `stall` or `close`), if `HYPERFRAMES_NATIVE_FAULTS` is `1`.
    ///
    /// To be called on the thread that asks for the server: reading the environment is not free of races with another
    /// thread's `setenv`, and the one that may set it is the caller's.
    pub(crate) fn from_environment() -> Option<Self> {
        if var_os("HYPERFRAMES_NATIVE_FAULTS")? != "1" {
            return None;
        }
        match var_os("HYPERFRAMES_NATIVE_FAULT_SERVER")?.to_str()? {
            "bind" => Some(Self::Bind),
            "stall" => Some(Self::Stall),
            "close" => Some(Self::Close),
            _ => None,
        }
    }
}
