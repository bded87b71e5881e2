//! The Node addon: a thin skin over [`crate::cache`] and [`crate::serve`].

mod collected;
mod entry;
mod error;
mod external_memory;
mod frame_cache;
mod frame_info;
mod frame_server;
mod js_string;
mod list;
mod options;
mod stats;
mod warning;
