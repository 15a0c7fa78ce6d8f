//! The API's document as a page.

use askama::Template;

use super::said::*;
use super::{Frame, Place};

/// Every call of the API, and the shapes that they take and give.
#[derive(Debug, Template)]
#[template(path = "pages/api.html")]
pub struct ApiPage {
    pub frame: Frame,
    /// What is said before everything.
    pub text: String,
    pub groups: Vec<ApiGroup>,
    pub shapes: Vec<ApiShape>,
}

/// Calls that belong together.
#[derive(Clone, Debug, Default)]
pub struct ApiGroup {
    pub name: String,
    pub calls: Vec<ApiCall>,
}

/// A call.
#[derive(Clone, Debug, Default)]
pub struct ApiCall {
    /// Its place on the page.
    pub id: String,
    pub method: String,
    pub path: String,
    pub title: String,
    pub text: String,
    /// What a token needs to be allowed; `None` for what goes without.
    pub may: Option<&'static str>,
    pub params: Vec<ApiField>,
    pub takes: Option<ApiKind>,
    pub gives: Vec<ApiAnswer>,
    /// Statuses of errors, and their codes.
    pub errors: Vec<(String, String)>,
    /// What it costs on an instance that knows the reader, and on one that has just started.
    pub costs: Option<(String, String)>,
}

/// An answer.
#[derive(Clone, Debug, Default)]
pub struct ApiAnswer {
    pub status: String,
    pub when: String,
    pub kind: Option<ApiKind>,
}

/// What a value is.
#[derive(Clone, Debug, Default)]
pub struct ApiKind {
    /// In the words of JSON.
    pub name: String,
    /// The shape that it leads to.
    pub shape: Option<String>,
}

/// A value with a name.
#[derive(Clone, Debug, Default)]
pub struct ApiField {
    pub name: String,
    pub kind: ApiKind,
    pub needed: bool,
    pub text: String,
}

/// A shape.
#[derive(Clone, Debug, Default)]
pub struct ApiShape {
    pub name: String,
    pub text: String,
    pub fields: Vec<ApiField>,
    /// The words of one that has no fields.
    pub words: Vec<String>,
}
