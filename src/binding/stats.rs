//! The figures as JavaScript gets them.

use napi_derive::napi;

use crate::cache::CacheStats;

/// Figures of a `FrameCache`, together with all caches of equal options, which share their frames.
#[napi(object, object_from_js = false)]
pub struct FrameCacheStats {
    /// Frames kept now.
    pub entries: f64,
    /// Bytes of the data URIs kept now.
    pub bytes: f64,
    /// Frames dropped to stay within the bounds.
    pub evictions: f64,
    /// Frames given out but not kept, being larger than `bytesLimit` by themselves.
    pub oversized_rejections: f64,
    /// Gets answered without a load of their own: from a kept frame, or from a load already under way.
    pub hits: f64,
    /// Gets that loaded, whether the load succeeded or not. A get that finds no regular file is in neither count.
    pub misses: f64,
    /// Frames whose bytes were mapped.
    pub mapped: f64,
    /// Frames whose bytes were read.
    pub read: f64,
    /// Bytes of all data URIs alive in the whole process: kept by any cache, or held by a string that JavaScript has not
    /// let go of, or whose memory the garbage collector has not taken back yet.
    pub live_bytes: f64,
}

impl From<CacheStats> for FrameCacheStats {
    fn from(stats: CacheStats) -> Self {
        Self {
            entries: stats.entries as f64,
            bytes: stats.bytes as f64,
            evictions: stats.evictions as f64,
            oversized_rejections: stats.oversized_rejections as f64,
            hits: stats.hits as f64,
            misses: stats.misses as f64,
            mapped: stats.mapped as f64,
            read: stats.read as f64,
            live_bytes: stats.live_bytes as f64,
        }
    }
}
