//! What would a person's browser send for the form on this page?

/// A form with its fields as they stand in the page.
#[derive(Clone, Debug)]
pub struct Form {
    /// Where it posts to, as written.
    pub action: String,
    /// Name and value of each input.
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// The form whose action ends so (an empty one finds the first).
    pub fn find(html: &str, action: &str) -> Option<Self> {
        Self::all(html, action).into_iter().next()
    }

    /// Every form whose action ends so, in the order of the page.
    pub fn all(html: &str, action: &str) -> Vec<Self> {
        let forms = html.split("<form").skip(1);
        let forms = forms.filter_map(|rest| {
            let inside = rest.split("</form").next()?;
            let (head, body) = inside.split_once('>')?;
            let written = attribute(head, "action")?;
            written.ends_with(action).then(|| Self {
                action: written,
                fields: body
                    .split("<input")
                    .skip(1)
                    .filter_map(|input| {
                        let tag = input.split('>').next()?;
                        Some((
                            attribute(tag, "name")?,
                            attribute(tag, "value").unwrap_or_default(),
                        ))
                    })
                    .collect(),
            })
        });
        forms.collect()
    }

    /// The form with this field filled in.
    #[must_use]
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        match self.fields.iter_mut().find(|field| field.0 == name) {
            Some(field) => field.1 = value.to_owned(),
            None => self.fields.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// The form without this field.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|field| field.0 != name);
        self
    }

    /// What a field holds.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|field| field.0 == name)
            .map(|field| field.1.as_str())
    }

    /// `application/x-www-form-urlencoded`.
    pub fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.fields)
            .finish()
    }
}

/// An attribute of a start tag, entities decoded.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let from = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = tag[from..].split('"').next()?;
    Some(unescape(value))
}

/// Decodes the entities that templates write.
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let Some(end) = rest.find(';').filter(|end| *end < 10) else {
            out.push('&');
            rest = &rest[1..];
            continue;
        };
        match entity(&rest[1..end]) {
            Some(character) => out.push(character),
            None => out.push_str(&rest[..=end]),
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
