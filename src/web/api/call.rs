//! A call of the API: its route, and what the API's document says of it. Both come from one table, so neither lacks the other.

use axum::handler::Handler;
use axum::routing::{self, MethodRouter};
use http::Method;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};

use crate::app::AppState;

/// Schemas by name.
pub(super) type Schemas = Vec<(String, RefOr<Schema>)>;
/// Adds a type's schemas.
pub(super) type Collect = fn(&mut Schemas);

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    pub method: Method,
    pub path: &'static str,
    pub handler: MethodRouter<AppState>,
    pub about: About,
}

/// What the document says of a call.
#[derive(Clone, Default)]
pub(super) struct About {
    /// What it belongs to.
    pub group: &'static str,
    /// What it does, in a few words.
    pub title: &'static str,
    /// What else has to be known of it.
    pub text: &'static str,
    /// Whether it goes without a token.
    pub is_open: bool,
    /// The parameters in its address.
    pub params: Vec<Parameter>,
    pub takes: Option<Shape>,
    pub gives: Vec<Answer>,
    /// By status, the codes of the errors that are its own.
    pub codes: Vec<(u16, &'static [&'static str])>,
}

impl std::fmt::Debug for About {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.title)
    }
}

/// An answer that isn't an error.
#[derive(Clone)]
pub(super) struct Answer {
    pub status: u16,
    pub when: &'static str,
    pub shape: Option<Shape>,
}

/// What a body is.
#[derive(Clone)]
pub(super) struct Shape {
    /// Its content type.
    pub kind: &'static str,
    /// What its schema is called, and the schemas that it needs, its own included; none for what isn't JSON.
    pub schema: Option<(String, Collect)>,
}

const JSON: &str = "application/json";

impl Shape {
    fn json<T: ToSchema>() -> Self {
        let collect = |all: &mut Schemas| {
            all.push((T::name().into_owned(), T::schema()));
            T::schemas(all);
        };
        Self {
            kind: JSON,
            schema: Some((T::name().into_owned(), collect)),
        }
    }

    fn of_kind(kind: &'static str) -> Self {
        Self { kind, schema: None }
    }
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident $method:ident),*) => { $(
        $(#[$doc])*
        pub(super) fn $name<H, T>(path: &'static str, handler: H, title: &'static str) -> Call
        where
            H: Handler<T, AppState>,
            T: 'static,
        {
            Call {
                method: Method::$method,
                path,
                handler: routing::$name(handler),
                about: About { title, ..About::default() },
            }
        }
    )* };
}

methods! {
    /// A call that changes nothing.
    get GET,
    /// A call that does something.
    post POST,
    /// A call that sets something.
    put PUT,
    /// A call that changes something.
    patch PATCH,
    /// A call that removes something.
    delete DELETE
}

impl Call {
    /// What else has to be known.
    pub(super) fn says(mut self, text: &'static str) -> Self {
        self.about.text = text;
        self
    }

    /// It goes without a token.
    pub(super) fn openly(mut self) -> Self {
        self.about.is_open = true;
        self
    }

    /// Parameters in the address.
    pub(super) fn asks<P: IntoParams>(mut self) -> Self {
        let own = P::into_params(|| Some(ParameterIn::Query));
        self.about.params.extend(own);
        self
    }

    /// JSON in the body.
    pub(super) fn takes<T: ToSchema>(mut self) -> Self {
        self.about.takes = Some(Shape::json::<T>());
        self
    }

    /// Another body.
    pub(super) fn takes_kind(mut self, kind: &'static str) -> Self {
        self.about.takes = Some(Shape::of_kind(kind));
        self
    }

    /// JSON as the usual answer.
    pub(super) fn gives<T: ToSchema>(self) -> Self {
        self.gives_when::<T>(200, "Done")
    }

    /// JSON as the answer with a status.
    pub(super) fn gives_when<T: ToSchema>(self, status: u16, when: &'static str) -> Self {
        self.answers(status, when, Some(Shape::json::<T>()))
    }

    /// Another body as the answer.
    pub(super) fn gives_kind(self, kind: &'static str) -> Self {
        self.answers(200, "Done", Some(Shape::of_kind(kind)))
    }

    /// Nothing but that it is done.
    pub(super) fn gives_nothing(self) -> Self {
        self.answers(204, "Done", None)
    }

    fn answers(mut self, status: u16, when: &'static str, shape: Option<Shape>) -> Self {
        self.about.gives.push(Answer {
            status,
            when,
            shape,
        });
        self
    }

    /// Errors that are its own.
    pub(super) fn fails(mut self, status: u16, codes: &'static [&'static str]) -> Self {
        self.about.codes.push((status, codes));
        self
    }

    /// Sets the limit of its body in bytes.
    pub(super) fn up_to(mut self, bytes: usize) -> Self {
        let limit = axum::extract::DefaultBodyLimit::max(bytes);
        self.handler = self.handler.layer(limit);
        self
    }
}

/// Calls that belong together.
pub(super) fn group(name: &'static str, calls: Vec<Call>) -> impl Iterator<Item = Call> {
    calls.into_iter().map(move |mut call| {
        call.about.group = name;
        call
    })
}
