//! Stores shared between handles.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::CacheOptions;
use super::store::FrameStore;

/// The stores of this process. Weak: a store goes with its last handle and the last get under way.
static STORES: Mutex<Option<HashMap<CacheOptions, Weak<FrameStore>>>> = Mutex::new(None);

/// The store for these options, made if no handle has one.
pub(crate) fn store_for(options: CacheOptions) -> Arc<FrameStore> {
    let mut stores = STORES.lock().unwrap_or_else(PoisonError::into_inner);
    let stores = stores.get_or_insert_default();
    if let Some(store) = stores.get(&options).and_then(Weak::upgrade) {
        return store;
    }
    stores.retain(|_, store| store.strong_count() > 0);
    let store = Arc::new(FrameStore::new(options));
    stores.insert(options, Arc::downgrade(&store));
    store
}
