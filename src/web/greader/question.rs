//! What a call asks for, out of its parameters.

use super::names;
use crate::ids::ArticleId;
use crate::shelf::streams::{Library, Order, Pick, Question, Stream};
use crate::web::params::Params;
use crate::web::problem::{HandlerResult, Problem};

/// How many items are given unless another number is asked for.
const USUAL: usize = 20;

/// Whether JSON is asked for, or nothing.
///
/// # Errors
/// 400 for another form.
pub(super) fn wants_json(params: &Params) -> HandlerResult<()> {
    match params.one("output") {
        None | Some("json") => Ok(()),
        Some(_) => {
            let advice = "Send output=json, or no output at all.";
            Err(Problem::bad_request(
                "bad_output",
                "There is only JSON",
                advice,
            ))
        }
    }
}

/// The question of a call about these streams, for at most `most` articles; all of the shelf if there are none.
///
/// # Errors
/// 400 for a parameter that can't be read.
pub(super) fn of(
    params: &Params,
    library: &Library,
    streams: &[&str],
    most: usize,
) -> HandlerResult<Question> {
    let all = |texts: &mut dyn Iterator<Item = &str>| -> HandlerResult<Vec<Stream>> {
        let texts = texts.filter(|text| !text.is_empty());
        let streams = texts.map(|text| {
            let stream = names::stream_of(&library.shelf, text);
            stream.ok_or_else(|| bad("stream", text))
        });
        streams.collect()
    };
    let mut of = all(&mut streams.iter().copied())?;
    if of.is_empty() {
        of.push(Stream::All);
    }
    let time = |name: &str| {
        let text = params.one(name);
        // Before 1970 is how one client says “from the beginning”.
        let since = |text: &str| match text.strip_prefix('-') {
            Some(text) => names::time_of(text).map(|_| 0),
            None => names::time_of(text).map(|(first, _)| first),
        };
        let time = text.map(|text| since(text).ok_or_else(|| bad(name, text)));
        time.transpose()
    };
    let order = match params.one("r") {
        Some("o") => Order::OldestFirst,
        // Whatever else some send for the usual one.
        _ => Order::NewestFirst,
    };
    Ok(Question {
        of,
        with: all(&mut params.all("it"))?,
        without: all(&mut params.all("xt"))?,
        // A zero is how some say “from the beginning”.
        from: time("ot")?.filter(|from| *from > 0),
        before: time("nt")?.filter(|before| *before > 0),
        order,
        after: params
            .one("c")
            .map(|text| place(text).ok_or_else(|| bad("c", text)))
            .transpose()?,
        limit: number(params)?.min(most),
    })
}

/// `n`.
fn number(params: &Params) -> HandlerResult<usize> {
    let Some(text) = params.one("n") else {
        return Ok(USUAL);
    };
    match text.parse::<u64>() {
        Ok(0) => Ok(USUAL),
        Ok(number) => Ok(usize::try_from(number).unwrap_or(usize::MAX)),
        Err(_) => Err(bad("n", text)),
    }
}

/// Where the next page begins: behind this one, wherever others arrive meanwhile.
pub(super) fn continuation(last: &Pick) -> String {
    format!("{}-{}", last.arrival, last.id.number())
}

fn place(text: &str) -> Option<Pick> {
    let (arrival, number) = text.split_once('-')?;
    Some(Pick {
        arrival: arrival.parse().ok()?,
        id: ArticleId::from_number(number.parse().ok()?)?,
    })
}

pub(super) fn bad(name: &str, text: &str) -> Problem {
    let text = crate::codec::cut(text, 80);
    let title = format!("{name} can’t be {text:?}");
    let advice = "Nothing was changed.";
    Problem::bad_request("bad_parameter", title, advice)
}
