//! What was read, on its way into the cache.

/// What was read, on its way into the memory.
#[derive(Debug)]
pub struct Loaded<T> {
    /// The value.
    pub value: T,
    /// About how many bytes it takes.
    pub bytes: usize,
}

impl<T> Loaded<T> {
    /// A value of a size.
    pub fn new(value: T, bytes: usize) -> Self {
        Self { value, bytes }
    }
}
