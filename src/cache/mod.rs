//! Frames kept within bounds, loaded once however many ask, shared between handles.

mod frame_cache;
mod lru;
mod store;
#[cfg(test)]
mod tests;

pub use frame_cache::FrameCache;
pub use store::{Frame, Outcome, kept_bytes};

use crate::frame::MappingPolicy;

/// The options of a cache. Handles with equal options share one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CacheOptions {
    /// How many frames are kept at most.
    pub entry_limit: usize,
    /// How many bytes the data URIs kept may have together.
    pub bytes_limit: usize,
    /// Whether bytes that are not one whole image are an error. Otherwise they are passed on, as upstream does, with a
    /// warning.
    pub strict: bool,
    /// When frames are mapped instead of read.
    pub mapping: MappingPolicy,
}

impl Default for CacheOptions {
    /// Upstream's bounds: 256 frames, 1500 MiB.
    fn default() -> Self {
        Self {
            entry_limit: 256,
            bytes_limit: 1500 << 20,
            strict: false,
            mapping: MappingPolicy::default(),
        }
    }
}

/// Figures of one store, which all handles with equal options share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheStats {
    /// Frames kept now.
    pub entries: usize,
    /// Bytes of the data URIs kept now.
    pub bytes: usize,
    /// Frames dropped to stay within the bounds.
    pub evictions: u64,
    /// Frames given out but not kept, being larger than the byte bound by themselves.
    pub oversized_rejections: u64,
    /// Gets answered without a load of their own: from a kept frame, or from a load already under way.
    pub hits: u64,
    /// Gets that loaded, whether the load succeeded or not. A get that finds no regular file is in neither count.
    pub misses: u64,
    /// Frames whose bytes were mapped.
    pub mapped: u64,
    /// Frames whose bytes were read.
    pub read: u64,
    /// Bytes of all data URIs alive in the process, of every store: kept, or held by a JavaScript string.
    pub live_bytes: i64,
}
