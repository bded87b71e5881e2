//! What a cache is made with.

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
