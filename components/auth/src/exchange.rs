//! Who is it that the provider sent back? Trades the code of a judged callback
//! for the provider's word on the person.

use crate::issuer::{Reached, ask_within, get, judged_by_keys};
use crate::outbound::{self, ProviderAnswer};
use gatelet_sign_in::attempt::Attempt;
use gatelet_sign_in::authorization::demands;
use gatelet_sign_in::callback::AuthorizationCode;
use gatelet_sign_in::claim_rules::ClaimRules;
use gatelet_sign_in::discovery::ProviderMetadata;
use gatelet_sign_in::github::{GitHub, GitHubUser};
use gatelet_sign_in::id_token::{Expected, VerifiedIdToken};
use gatelet_sign_in::identity::ProviderIdentity;
use gatelet_sign_in::jwks::KeySet;
use gatelet_sign_in::provider::{Provider, ProviderKind};
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_sign_in::token::{TokenRequest, TokenResponse};
use gatelet_sign_in::userinfo::{self, ExpectedSigned};

/// Exchanges the code and verifies what comes of it. Answers who it is, and the tokens.
pub(crate) async fn identity(
    provider: &Provider,
    reached: &Reached,
    code: &AuthorizationCode,
    attempt: &Attempt,
    now: u64,
) -> Result<(ProviderIdentity, TokenResponse), Refusal> {
    let tokens = tokens(TokenRequest::new(
        provider,
        reached.endpoints(),
        code,
        attempt,
        now,
    ))
    .await?;
    let identity = match (&provider.kind, reached) {
        (ProviderKind::OpenIdConnect(oidc), Reached::OpenIdConnect(metadata)) => {
            let demands = demands(provider, &metadata.endpoints, attempt);
            let expected = Expected {
                oidc,
                demands: &demands,
                issuer: &metadata.issuer,
                client_id: &provider.client_id,
                algorithms: &metadata.algorithms,
                says_auth_time: metadata.endpoints.says_auth_time,
                nonce: attempt.nonce(),
                access_token: &tokens.access_token,
                asked_at: attempt.begun(),
                now,
            };
            let token = verified(&tokens, metadata, &expected).await?;
            completed(token, &oidc.claims, metadata, &tokens, &expected)
                .await?
                .identity(&provider.id)
        }
        (ProviderKind::GitHub(github), Reached::GitHub(_)) => {
            github_identity(provider, github, &tokens).await?
        }
        (ProviderKind::OpenIdConnect(_) | ProviderKind::GitHub(_), _) => {
            return Err(Refusal::new(
                RefusalCode::ProviderUnknown,
                "reached as another kind than configured",
            ));
        }
    };
    let identity = identity.or_called(code.unverified_user());
    provider.admit(&identity)?;
    Ok((identity, tokens))
}

async fn tokens(request: TokenRequest) -> Result<TokenResponse, Refusal> {
    let answer = post(request).await?;
    TokenResponse::judge(answer.status, &answer.content_type, &answer.body)
}

/// Sends what shows who we are.
pub(crate) async fn post(request: TokenRequest) -> Result<ProviderAnswer, Refusal> {
    post_within(request, outbound::TOTAL_SECONDS).await
}

/// The same where it is not worth so long a wait.
pub(crate) async fn post_within(
    request: TokenRequest,
    seconds: u64,
) -> Result<ProviderAnswer, Refusal> {
    let mut post = http::Request::post(request.url.as_str())
        .header("accept", TokenRequest::ACCEPT)
        .header("content-type", TokenRequest::CONTENT_TYPE)
        .header("user-agent", "gatelet");
    if let Some(authorization) = &request.authorization {
        post = post.header("authorization", authorization.expose());
    }
    let post = post.body(request.body.expose().as_bytes().to_vec());
    ask_within(&request.url, post, seconds).await
}

async fn verified(
    tokens: &TokenResponse,
    metadata: &ProviderMetadata,
    expected: &Expected<'_>,
) -> Result<VerifiedIdToken, Refusal> {
    let token = tokens
        .unverified_id_token
        .as_ref()
        .ok_or(RefusalCode::IdTokenMissing)?;
    let verify = |keys: &KeySet| VerifiedIdToken::verify(token, keys, expected);
    judged_by_keys(&metadata.jwks_uri, expected.now, verify).await?
}

/// Asks UserInfo for the address and for groups, where the token does not say them. An
/// answer that is no use is the end for whoever needs one; not for whoever is known without.
async fn completed(
    token: VerifiedIdToken,
    rules: &ClaimRules,
    metadata: &ProviderMetadata,
    tokens: &TokenResponse,
    expected: &Expected<'_>,
) -> Result<VerifiedIdToken, Refusal> {
    let Some(url) = metadata
        .userinfo
        .as_ref()
        .filter(|_| token.is_incomplete(rules))
    else {
        return Ok(token);
    };
    let bearer = bearer(tokens);
    let fields = [
        ("accept", "application/json, application/jwt"),
        ("authorization", &bearer),
        ("user-agent", "gatelet"),
    ];
    let completed = match get(url, &fields).await {
        Ok(answer) if userinfo::is_signed(&answer.content_type) => {
            signed(&token, rules, metadata, &answer, expected).await
        }
        Ok(answer) => userinfo::complete(
            token.clone(),
            rules,
            answer.status,
            &answer.content_type,
            &answer.body,
        ),
        Err(refusal) => Err(refusal),
    };
    match completed {
        // Somebody else's: something is wrong at the provider, or somebody at work.
        Err(refusal) if refusal.code == RefusalCode::UserInfoSubject => Err(refusal),
        Err(refusal) => token.unanswered(rules, refusal),
        completed => completed,
    }
}

/// What UserInfo signs, by the keys of the ID token.
async fn signed(
    token: &VerifiedIdToken,
    rules: &ClaimRules,
    metadata: &ProviderMetadata,
    answer: &ProviderAnswer,
    expected: &Expected<'_>,
) -> Result<VerifiedIdToken, Refusal> {
    let complete = |keys: &KeySet| {
        let expected = ExpectedSigned {
            keys,
            issuer: expected.issuer,
            client_id: expected.client_id,
            algorithms: expected.algorithms,
            now: expected.now,
        };
        userinfo::complete_signed(token.clone(), rules, answer.status, &answer.body, &expected)
    };
    judged_by_keys(&metadata.jwks_uri, expected.now, complete).await?
}

async fn github_identity(
    provider: &Provider,
    github: &GitHub,
    tokens: &TokenResponse,
) -> Result<ProviderIdentity, Refusal> {
    let bearer = bearer(tokens);
    let mut fields = GitHub::api_headers().to_vec();
    fields.push(("authorization", &bearer));
    let user = get(&github.user_url(), &fields).await?;
    let user = GitHubUser::judge(user.status, &user.content_type, &user.body)?;
    let emails = get(&github.emails_url(), &fields).await?;
    user.identity(
        &provider.id,
        emails.status,
        &emails.content_type,
        &emails.body,
    )
}

fn bearer(tokens: &TokenResponse) -> String {
    format!("Bearer {}", tokens.access_token.expose())
}
