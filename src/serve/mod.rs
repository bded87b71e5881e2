//! Frames over loopback HTTP.
//!
//! `run` is the server: it takes a listener and answers until it is told to stop. [`FrameServer`] is a handle on the
//! one server of this process, which starts with the first registration and stops with the last handle.
//! `docs/frame-server.md` has the protocol, the bounds and the measurements.

mod answer_watch;
mod body;
mod connection;
mod counters;
mod error;
mod fault;
mod frame_file;
mod frame_server;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod limits;
#[cfg(all(test, feature = "model"))]
mod model;
mod pieces;
mod process;
mod range;
mod registry;
mod respond;
mod run;
#[cfg_attr(all(test, feature = "model"), path = "running_model.rs")]
mod running;
mod seats;
mod site;
mod stall_guard;
// Loom's locks work in a model alone.
#[cfg(all(test, not(feature = "model")))]
mod tests;
mod token;

pub use counters::ServerStats;
pub use error::ServeError;
pub use frame_server::FrameServer;
