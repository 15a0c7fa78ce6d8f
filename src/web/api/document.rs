//! The API's document (`OpenAPI` 3.1), made of the table of its calls and the types that they take and give.
//!
//! <https://spec.openapis.org/oas/v3.1.1.html>

use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::content::Content;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn, Paths};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::server::Server;
use utoipa::openapi::tag::Tag;
use utoipa::openapi::{
    Components, HttpMethod, Info, License, OpenApi, Ref, RefOr, Required, Response, Schema,
};
use utoipa::openapi::{Object, Type};

use super::call::{About, Call, Schemas, Shape};
use super::costs;
use super::needed;

/// What an error says.
#[derive(Debug, ToSchema)]
#[expect(
    dead_code,
    reason = "errors are written where they are drawn; this is their form"
)]
pub(super) struct Error {
    error: ErrorText,
}

/// An error.
#[derive(Debug, ToSchema)]
#[expect(
    dead_code,
    reason = "errors are written where they are drawn; this is their form"
)]
pub(super) struct ErrorText {
    /// Stable.
    code: String,
    /// What happened.
    message: String,
    /// What can be done about it; may be empty.
    advice: String,
    /// Under which it stands in the server's log.
    #[schema(required)]
    request_id: Option<String>,
}

/// What is said before everything.
const TEXT: &str = "Send a token with each request, as `Authorization: Bearer TOKEN`. Tokens are made in the settings, under Apps. Every answer \
to a GET has an `ETag`; with `If-None-Match` it is sent only if it changed. Each answer to a change has a header `Dormouse-Seen`: \
a program that sends the last one with its next request is sure to read what it wrote. What pages can do, these calls can do, but for what \
needs the person: passwords, ways to sign in, and making tokens.";

/// The document of these calls.
pub(super) fn of(calls: &[Call]) -> Value {
    let mut schemas = Schemas::new();
    schemas.push((
        Error::name().into_owned(),
        <Error as utoipa::PartialSchema>::schema(),
    ));
    Error::schemas(&mut schemas);
    let mut paths = Paths::new();
    let mut tags: Vec<Tag> = Vec::new();
    for call in calls {
        let about = &call.about;
        if !tags.iter().any(|tag| tag.name == about.group) {
            tags.push(Tag::new(about.group));
        }
        let operation = operation(call, &mut schemas);
        // A parameter that takes the rest of a path has no form of its own there.
        let path = call.path.replace("{*", "{");
        paths.add_path_operation(path, vec![method(call)], operation);
    }
    let mut components = Components::new();
    for (name, schema) in schemas {
        components.schemas.insert(name, schema);
    }
    let token = Http::builder().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    let mut licence = License::new("MIT OR Apache-2.0");
    licence.identifier = Some("MIT OR Apache-2.0".to_owned());
    let mut info = Info::new("Dormouse", env!("CARGO_PKG_VERSION"));
    info.description = Some(TEXT.to_owned());
    info.license = Some(licence);
    let document = OpenApi::builder()
        .info(info)
        .paths(paths)
        .components(Some(components))
        .servers(Some([Server::new("/")]))
        .tags(Some(tags))
        .build();
    // Names and texts of our own: they serialize.
    serde_json::to_value(document).unwrap_or_default()
}

fn method(call: &Call) -> HttpMethod {
    match call.method.as_str() {
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

fn operation(call: &Call, schemas: &mut Schemas) -> Operation {
    let about = &call.about;
    let mut operation = Operation::builder()
        .tag(about.group)
        .summary(Some(about.title))
        .operation_id(Some(id(call)));
    if !about.text.is_empty() {
        operation = operation.description(Some(about.text));
    }
    for param in in_path(call)
        .into_iter()
        .chain(about.params.iter().cloned())
    {
        operation = operation.parameter(param);
    }
    if let Some(shape) = &about.takes {
        let body = RequestBody::builder()
            .content(shape.kind, content(shape, schemas))
            .required(Some(Required::True))
            .build();
        operation = operation.request_body(Some(body));
    }
    for answer in &about.gives {
        let mut response = Response::builder().description(answer.when);
        // One that is given in several forms stands there once for each.
        let same = about.gives.iter().filter(|one| one.status == answer.status);
        for shape in same.filter_map(|one| one.shape.as_ref()) {
            response = response.content(shape.kind, content(shape, schemas));
        }
        let is_read = call.method == http::Method::GET && answer.status == 200;
        if is_read {
            response = response.header("ETag", Header::new(text_schema()));
        }
        operation = operation.response(answer.status.to_string(), response.build());
        if is_read {
            let same = Response::new("As the tag in `If-None-Match` says");
            operation = operation.response("304", same);
        }
    }
    for (status, codes) in codes(about, call) {
        let codes: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
        let response = Response::builder()
            .description(codes.join(", "))
            .content("application/json", error_content());
        operation = operation.response(status.to_string(), response.build());
    }
    let other = Response::builder()
        .description("Any other error")
        .content("application/json", error_content());
    operation = operation.response("default", other.build());
    let mut extensions = Extensions::default();
    let costs = costs::of(call.method.as_str(), call.path);
    extensions.insert("x-operations".to_owned(), json!(costs));
    if !about.is_open {
        let scope = needed(&call.method, call.path).name();
        extensions.insert("x-scope".to_owned(), json!(scope));
        operation = operation.security(SecurityRequirement::new("token", [scope]));
    }
    operation.extensions(Some(extensions)).build()
}

/// The errors of a call: its own, and those that follow from its form.
fn codes(about: &About, call: &Call) -> Vec<(u16, Vec<&'static str>)> {
    let mut all: std::collections::BTreeMap<u16, Vec<&'static str>> = Default::default();
    let mut add = |status: u16, code: &'static str| {
        let known = all.entry(status).or_default();
        if !known.contains(&code) {
            known.push(code);
        }
    };
    if !about.is_open {
        add(401, "bad_token");
        add(401, "token_expired");
    }
    if call.method != http::Method::GET {
        add(403, "scope");
    }
    if call.path.contains('{') {
        add(404, "not_found");
    }
    if about
        .takes
        .as_ref()
        .is_some_and(|shape| shape.schema.is_some())
    {
        add(400, "bad_json");
    }
    if !about.params.is_empty() {
        add(400, "bad_query");
    }
    for (status, codes) in &about.codes {
        codes.iter().for_each(|code| add(*status, code));
    }
    all.into_iter().collect()
}

fn content(shape: &Shape, schemas: &mut Schemas) -> Content {
    match &shape.schema {
        Some((name, collect)) => {
            collect(schemas);
            Content::new(Some(RefOr::<Schema>::Ref(Ref::from_schema_name(name))))
        }
        None if shape.kind.ends_with("json") => Content::new(Some(object_schema())),
        None => Content::new(Some(text_schema())),
    }
}

fn error_content() -> Content {
    let name = Error::name();
    Content::new(Some(RefOr::<Schema>::Ref(Ref::from_schema_name(name))))
}

/// A form that another standard defines, as JSON Feed does, and this document.
fn object_schema() -> RefOr<Schema> {
    RefOr::T(Schema::Object(Object::with_type(Type::Object)))
}

fn text_schema() -> RefOr<Schema> {
    RefOr::T(Schema::Object(Object::with_type(Type::String)))
}

/// The parameters in a path.
fn in_path(call: &Call) -> Vec<Parameter> {
    let parts = call.path.split('/');
    let names = parts.filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let param = |name: &str| {
        let about = match name {
            "feed" => "A feed’s id, such as `52341234`.",
            "id" if call.path.contains("/articles/") || call.path.contains("/stars/") => {
                "An article’s id, such as `52341234-17`."
            }
            _ => "As lists have it.",
        };
        let mut param = Parameter::new(name);
        param.parameter_in = ParameterIn::Path;
        param.required = Required::True;
        param.description = Some(about.to_owned());
        param.schema = Some(text_schema());
        param
    };
    names
        .map(|name| param(name.trim_start_matches('*')))
        .collect()
}

/// A name that stays: `get_subscriptions_feed`.
fn id(call: &Call) -> String {
    let path = call.path.trim_start_matches("/api/v1/");
    let words = path.split(['/', '{', '}', '-', '.', '*']);
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    format!(
        "{}_{}",
        call.method.as_str().to_lowercase(),
        words.join("_")
    )
}
