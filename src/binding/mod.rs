//! The Node addon: a thin skin over [`crate::cache`].

mod error;
mod external_memory;
mod frame_cache;
mod frame_info;
mod js_string;
mod options;
mod stats;
mod warning;
