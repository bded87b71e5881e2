//! Stores shared between handles.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, Weak};

use super::CacheOptions;
use super::store::FrameStore;
use crate::sync::{Mutex, process_wide};

process_wide! {
    /// The stores of this process. Weak: a store goes with its last handle and the last get under way.
    static STORES: Mutex<HashMap<CacheOptions, Weak<FrameStore>>> = Mutex::new(HashMap::new());
}

/// The store for these options, made if no handle has one.
pub(crate) fn store_for(options: CacheOptions) -> Arc<FrameStore> {
    let mut stores = STORES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(store) = stores.get(&options).and_then(Weak::upgrade) {
        return store;
    }
    stores.retain(|_, store| store.strong_count() > 0);
    let store = Arc::new(FrameStore::new(options));
    stores.insert(options, Arc::downgrade(&store));
    store
}
