//! The files that pages load: ours, and those of an operator's theme.

use crate::problem::Problem;
use crate::routes::Route;
use crate::visit::{Failure, Visit};
use crate::{fragment, once, passkey, work};
use gatelet_theme::Logo;
use gatelet_web::{Answer, STYLE, asset};

/// The file of a route, where there is one.
pub(crate) fn answer(visit: &Visit<'_>, route: Route<'_>) -> Result<Answer, Failure> {
    let theme = &visit.site.sign_in.theme;
    let found = match route {
        Route::Style => Some(&STYLE),
        Route::WorkScript => Some(&work::SCRIPT),
        Route::PasskeyScript => Some(&passkey::SCRIPT),
        Route::FragmentScript => Some(&fragment::SCRIPT),
        Route::OnceScript => Some(&once::SCRIPT),
        Route::Icon => Some(&theme.icon),
        Route::Theme => theme.sheet.as_ref(),
        Route::Logo => theme.logo.as_ref().and_then(|logo| match logo {
            Logo::Picture(picture) => Some(picture),
            // The app serves it.
            Logo::Path(_) => None,
        }),
        _ => None,
    };
    let found = found.ok_or(Problem::not_found())?;
    let query = visit.arrival.query();
    Ok(asset(found, query.get("v")))
}
