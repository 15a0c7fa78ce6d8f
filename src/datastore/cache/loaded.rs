//! A value read from the store, on its way into the cache.

/// A value to be cached, with its size.
#[derive(Debug)]
pub struct Loaded<T> {
    /// What callers get, shared behind an `Arc`.
    pub value: T,
    /// Its approximate size in bytes.
    pub bytes: usize,
}

impl<T> Loaded<T> {
    /// A value with its size in bytes.
    pub fn new(value: T, bytes: usize) -> Self {
        Self { value, bytes }
    }
}
