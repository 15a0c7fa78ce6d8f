//! Keys: where an entity lives.

use std::fmt;

/// The last part of a path element: a number or a name, never both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    /// Never 0.
    Int(i64),
    /// Never empty; at most 1,500 bytes.
    Name(String),
}

/// One step of a key's path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathElement {
    /// The kind of entity at this step.
    pub kind: String,
    /// The entity's number or name.
    pub id: Id,
}

/// The path from a root entity to this one.
///
/// Keys sort element by element: kind by bytes, then numbers before names; a parent before its children.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Vec<PathElement>);

impl Key {
    /// A root key with a number.
    pub fn int(kind: impl AsRef<str>, id: i64) -> Self {
        Self(Vec::new()).then(kind, Id::Int(id))
    }

    /// A root key with a name.
    pub fn name(kind: impl AsRef<str>, name: impl Into<String>) -> Self {
        Self(Vec::new()).then(kind, Id::Name(name.into()))
    }

    /// A key from its path; `None` if the path is empty.
    pub fn from_path(path: Vec<PathElement>) -> Option<Self> {
        (!path.is_empty()).then_some(Self(path))
    }

    /// The child of this key with a number.
    #[must_use]
    pub fn child_int(self, kind: impl AsRef<str>, id: i64) -> Self {
        self.then(kind, Id::Int(id))
    }

    /// The child of this key with a name.
    #[must_use]
    pub fn child_name(self, kind: impl AsRef<str>, name: impl Into<String>) -> Self {
        self.then(kind, Id::Name(name.into()))
    }

    fn then(mut self, kind: impl AsRef<str>, id: Id) -> Self {
        let kind = kind.as_ref().to_owned();
        self.0.push(PathElement { kind, id });
        self
    }

    /// The whole path, root first.
    pub fn path(&self) -> &[PathElement] {
        &self.0
    }

    /// The kind of the entity itself; empty only for a key that no constructor produces.
    pub fn kind(&self) -> &str {
        self.0.last().map_or("", |element| &element.kind)
    }

    /// The number of the entity itself, if it has one.
    pub fn id(&self) -> Option<i64> {
        match self.0.last()?.id {
            Id::Int(id) => Some(id),
            Id::Name(_) => None,
        }
    }

    /// The name of the entity itself, if it has one.
    pub fn id_name(&self) -> Option<&str> {
        match &self.0.last()?.id {
            Id::Int(_) => None,
            Id::Name(name) => Some(name),
        }
    }

    /// The parent's key; `None` for a root.
    pub fn parent(&self) -> Option<Self> {
        let (_, parents) = self.0.split_last()?;
        Self::from_path(parents.to_vec())
    }

    /// This key and its ancestors, root first.
    pub fn lineage(&self) -> impl Iterator<Item = Self> {
        (1..=self.0.len()).map(|length| Self(self.0[..length].to_vec()))
    }

    /// Whether `ancestor` is this key or one of its ancestors.
    pub fn is_within(&self, ancestor: &Self) -> bool {
        self.0.starts_with(&ancestor.0)
    }

    /// Size in bytes as Google bills and limits it: the path's strings plus 1 each, numbers 8 each, plus 16.
    pub fn size(&self) -> usize {
        let path = self.0.iter().map(|element| {
            let id = match &element.id {
                Id::Int(_) => 8,
                Id::Name(name) => name.len() + 1,
            };
            element.kind.len() + 1 + id
        });
        16 + path.sum::<usize>()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, element) in self.0.iter().enumerate() {
            let slash = if index == 0 { "" } else { "/" };
            match &element.id {
                Id::Int(id) => write!(out, "{slash}{}:{id}", element.kind)?,
                Id::Name(name) => write!(out, "{slash}{}:{name:?}", element.kind)?,
            }
        }
        Ok(())
    }
}
