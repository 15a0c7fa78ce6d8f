//! Builds a tree without branches, to learn how large and how deep the real one would be.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{Attribute, ExpandedName, LocalName, QualName, ns, parse_document};

/// Most bytes of elements beyond the written ones, each counted by [`weight`].
pub(super) const MAX_NODE_BYTES: usize = 16 * 1024 * 1024;

/// Estimated bytes of an element in memory, given those of its tag.
pub(super) fn weight(tag: usize) -> usize {
    const ELEMENT: usize = 128;
    ELEMENT + tag
}

/// Whether the elements would nest deeper than `deepest`, or exceed the written ones by [`MAX_NODE_BYTES`].
///
/// It reads piece by piece and stops as soon as it knows, so it takes linear time itself.
pub(super) fn is_too_much(html: &str, deepest: usize) -> bool {
    /// Bytes read between two checks.
    const PIECE: usize = 1024;
    let mut parser = parse_document(Counter::default(), Default::default());
    let mut rest = html;
    let mut read = 0;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
        parser.process(piece.into());
        (rest, read) = (after, read + piece.len());
        let counter = &parser.tokenizer.sink.sink;
        // Written elements don't count: a tag has at least three bytes.
        if counter.deepest.get() > deepest
            || counter.made.get() > read * weight(0) / 3 + MAX_NODE_BYTES
        {
            return true;
        }
    }
    false
}

/// What the tree builder needs of an element: its name, and its depth.
#[derive(Clone)]
struct Node(Rc<(QualName, Cell<usize>)>);

#[derive(Default)]
struct Counter {
    made: Cell<usize>,
    deepest: Cell<usize>,
}

impl Counter {
    fn node(name: QualName) -> Node {
        Node(Rc::new((name, Cell::new(0))))
    }

    fn put(&self, node: &NodeOrText<Node>, depth: usize) {
        if let NodeOrText::AppendNode(node) = node {
            node.0.1.set(depth);
            self.deepest.set(self.deepest.get().max(depth));
        }
    }
}

impl TreeSink for Counter {
    type Handle = Node;
    type Output = ();
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) {}

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Node {
        let of = |attribute: &Attribute| attribute.name.local.len() + attribute.value.len();
        let tag = attributes.iter().map(of).sum();
        self.made.set(self.made.get() + weight(tag));
        Self::node(name)
    }

    fn append(&self, parent: &Node, child: NodeOrText<Node>) {
        self.put(&child, parent.0.1.get() + 1);
    }

    fn append_before_sibling(&self, sibling: &Node, child: NodeOrText<Node>) {
        self.put(&child, sibling.0.1.get());
    }

    fn append_based_on_parent_node(&self, element: &Node, _: &Node, child: NodeOrText<Node>) {
        self.put(&child, element.0.1.get() + 1);
    }

    fn elem_name<'a>(&'a self, target: &'a Node) -> ExpandedName<'a> {
        target.0.0.expanded()
    }

    fn same_node(&self, one: &Node, other: &Node) -> bool {
        Rc::ptr_eq(&one.0, &other.0)
    }

    fn get_document(&self) -> Node {
        Self::node(QualName::new(None, ns!(), LocalName::from("")))
    }

    fn get_template_contents(&self, target: &Node) -> Node {
        target.clone()
    }

    fn create_comment(&self, _: StrTendril) -> Node {
        self.get_document()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Node {
        self.get_document()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn add_attrs_if_missing(&self, _: &Node, _: Vec<Attribute>) {}
    fn remove_from_parent(&self, _: &Node) {}
    fn reparent_children(&self, _: &Node, _: &Node) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
}
