//! Frames kept within bounds, loaded once however many ask, shared between handles.

mod bounded;
mod fault;
mod frame_cache;
mod kept_bytes;
mod key;
#[cfg(all(test, feature = "model"))]
mod model;
mod options;
mod pool;
mod shared;
mod single_flight;
mod stats;
mod store;
// Loom's locks work in a model alone.
#[cfg(all(test, not(feature = "model")))]
mod tests;
mod waiter;
mod warnings;

pub use frame_cache::FrameCache;
pub use kept_bytes::kept_bytes;
pub use options::CacheOptions;
pub use stats::CacheStats;
pub use store::Frame;
