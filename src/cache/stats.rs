//! What a cache has done.

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
