//! The API's document, for people.

use serde_json::{Map, Value};

use crate::web::api::document;
use crate::web::assets::assets;
use crate::web::html::Html;
use crate::web::problem::HandlerResult;
use crate::web::view::{ApiAnswer, ApiCall, ApiField, ApiGroup, ApiKind, ApiPage, ApiShape, Frame};
use crate::web::words::t;

/// Every call, read off the document that programs get. No read.
pub(super) async fn show() -> HandlerResult<Html<ApiPage>> {
    let document = document();
    let mut groups: Vec<ApiGroup> = names(&document["tags"])
        .map(|name| ApiGroup {
            name,
            calls: Vec::new(),
        })
        .collect();
    for (path, item) in entries(&document["paths"]) {
        for (method, operation) in entries(item) {
            let own = text(&operation["tags"][0]);
            if let Some(group) = groups.iter_mut().find(|group| group.name == own) {
                group.calls.push(call(path, method, operation));
            }
        }
    }
    let shapes = entries(&document["components"]["schemas"]);
    Ok(Html(ApiPage {
        frame: Frame::signed_out(t("api-title"), assets().clone()),
        text: text(&document["info"]["description"]),
        groups,
        shapes: shapes.map(|(name, schema)| shape(name, schema)).collect(),
    }))
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn names(tags: &Value) -> impl Iterator<Item = String> {
    list(tags).map(|tag| text(&tag["name"]))
}

/// A text without the marks of its code.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().replace('`', "")
}

fn call(path: &str, method: &str, operation: &Value) -> ApiCall {
    let responses = || entries(&operation["responses"]);
    let is_error = |status: &str| status.starts_with(['4', '5']);
    let gives = responses().filter(|(status, answer)| {
        (!is_error(status) || has_own_shape(answer)) && *status != "default" && *status != "304"
    });
    let errors = responses()
        .filter(|(status, answer)| is_error(status) && !has_own_shape(answer))
        .map(|(status, answer)| (status.clone(), text(&answer["description"])));
    let costs = &operation["x-operations"];
    let costs = operations(&costs["warm"]).zip(operations(&costs["cold"]));
    ApiCall {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        title: text(&operation["summary"]),
        text: text(&operation["description"]),
        may: match operation["x-scope"].as_str() {
            Some("read") => Some("apps-may-read"),
            Some("mark") => Some("apps-may-mark"),
            Some(_) => Some("apps-may-manage"),
            None => None,
        },
        params: list(&operation["parameters"]).map(param).collect(),
        takes: body(&operation["requestBody"]),
        gives: gives
            .map(|(status, answer)| ApiAnswer {
                status: status.clone(),
                when: text(&answer["description"]),
                kind: body(answer),
            })
            .collect(),
        errors: errors.collect(),
        costs,
    }
}

/// Whether an answer has another shape than errors have.
fn has_own_shape(answer: &Value) -> bool {
    body(answer).is_some_and(|kind| kind.shape.as_deref() != Some("Error"))
}

fn operations(costs: &Value) -> Option<String> {
    let number = |name: &str| costs[name].as_u64();
    let (reads, writes, deletes) = (number("reads")?, number("writes")?, number("deletes")?);
    let said = crate::web::words::msg("api-operations")
        .number("reads", reads)
        .number("writes", writes + deletes);
    Some(said.into())
}

fn param(param: &Value) -> ApiField {
    ApiField {
        name: text(&param["name"]),
        kind: kind(&param["schema"]),
        needed: param["required"] == true,
        text: text(&param["description"]),
    }
}

/// What a request or an answer has in its body.
fn body(holder: &Value) -> Option<ApiKind> {
    let (name, content) = entries(&holder["content"]).next()?;
    Some(
        match name == "application/json" && content["schema"]["$ref"].is_string() {
            true => kind(&content["schema"]),
            false => ApiKind {
                name: name.clone(),
                shape: None,
            },
        },
    )
}

fn kind(schema: &Value) -> ApiKind {
    if let Some(place) = schema["$ref"].as_str() {
        let name = place.rsplit('/').next().unwrap_or_default().to_owned();
        let shape = Some(name.clone());
        return ApiKind { name, shape };
    }
    let choices = ["oneOf", "anyOf", "allOf"];
    if let Some(all) = choices.iter().find_map(|name| schema[*name].as_array()) {
        let kinds: Vec<ApiKind> = all.iter().map(kind).collect();
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name.as_str()).collect();
        return ApiKind {
            name: names.join(" | "),
            shape: kinds.iter().find_map(|kind| kind.shape.clone()),
        };
    }
    let types: Vec<String> = match &schema["type"] {
        Value::Array(all) => all.iter().map(text).collect(),
        one => vec![text(one)],
    };
    let of = |name: &str, inner: &Value| {
        let inner = kind(inner);
        ApiKind {
            name: name.replace('_', &inner.name),
            shape: inner.shape,
        }
    };
    if types.iter().any(|one| one == "array") {
        return of("_[]", &schema["items"]);
    }
    if schema["additionalProperties"].is_object() {
        return of("{string: _}", &schema["additionalProperties"]);
    }
    ApiKind {
        name: types.join(" | "),
        shape: None,
    }
}

fn shape(name: &str, schema: &Value) -> ApiShape {
    let needed: Vec<&str> = list(&schema["required"])
        .filter_map(Value::as_str)
        .collect();
    let fields = entries(&schema["properties"]).map(|(name, value)| ApiField {
        name: name.clone(),
        kind: kind(value),
        needed: needed.contains(&name.as_str()),
        text: text(&value["description"]),
    });
    ApiShape {
        name: name.to_owned(),
        text: text(&schema["description"]),
        fields: fields.collect(),
        words: list(&schema["enum"]).map(text).collect(),
    }
}
