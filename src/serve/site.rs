//! What all connections of a server share.

use std::sync::Arc;

use super::counters::Counters;
use super::fault::{Death, Fault};
use super::limits::Limits;
use super::pieces::PieceBuffers;
use super::registry::Registry;

#[derive(Debug)]
pub(crate) struct Site {
    /// The port the server listens on, which requests must name in `Host`.
    pub(super) port: u16,
    pub(super) registry: Arc<Registry>,
    pub(super) counters: Arc<Counters>,
    pub(super) buffers: Arc<PieceBuffers>,
    pub(super) limits: Limits,
    pub(super) fault: Option<Fault>,
    pub(super) death: Death,
}

impl Site {
    pub(super) fn new(port: u16, counters: Arc<Counters>, limits: Limits, fault: Option<Fault>) -> Self {
        Self {
            port,
            registry: Arc::default(),
            counters,
            buffers: Arc::default(),
            limits,
            fault,
            death: Death::new(),
        }
    }
}
