//! Pages below one path, whose forms are submitted to the page itself: of an account, of
//! the console.

use crate::response::Response;
use crate::visitor::Visitor;

/// The path that they are below, without a slash at its end.
#[derive(Clone, Copy, Debug)]
pub struct Section(pub &'static str);

impl Section {
    /// A page, by what follows the path.
    #[track_caller]
    pub fn shown(self, visitor: &Visitor, page: &str) -> Response {
        visitor.visit(&self.path(page)).send().expect(200)
    }

    /// Fills in the form of a page that does this: where the first field is `act`, the
    /// form of that act.
    #[track_caller]
    pub fn submit(self, visitor: &Visitor, page: &str, fields: &[(&str, &str)]) -> Response {
        let (path, response) = (self.path(page), self.shown(visitor, page));
        let mut form = match fields.first() {
            Some(("act", act)) => response.form_with(&path, "act", act),
            _ => response.form(&path),
        };
        for (name, value) in fields {
            form = form.fill(name, value);
        }
        visitor.submit(&form, &response.url).send()
    }

    /// Fails the test unless it leads back to a page that says that this was done.
    #[track_caller]
    pub fn expect_done(self, answer: Response, page: &str, word: &str) {
        answer.expect_redirect(&format!("{}?done={word}", self.path(page)));
    }

    fn path(self, page: &str) -> String {
        format!("{}/{page}", self.0)
    }
}
