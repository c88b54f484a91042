//! Signs in through the user's browser, and prints who signed in: for tests and tools on this machine, RFC 8252 §7.3.
//! Prints the address to open, waits for the browser at the redirect URI, and exits with 1 where it is refused.

use intelliauth_examples::{config, entropy, http_client, now, send};
use intelliauth_spa_sdk::code_flow::{
    self, Config, Error, HttpResponse, LoginOptions, Metadata, Transaction, build_authorization_url,
};
use intelliauth_spa_sdk::native::engine;
use std::error::Error as StdError;
use std::process::ExitCode;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(claims) => {
            println!("{claims}");
            ExitCode::SUCCESS
        }
        Err(failure) => {
            match failure.downcast_ref::<Error>() {
                // Neither the message nor the hint ever holds a secret.
                Some(error) => eprintln!("{}\n{}", error.message(), error.hint()),
                None => eprintln!("{failure}"),
            }
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<String, Box<dyn StdError>> {
    let config = config("http://localhost:5173/callback")?;
    let http = http_client()?;

    // What the provider says of itself. Without it, `Metadata::of_contract` knows the contract's endpoints.
    let (status, body) = send(&http, code_flow::metadata_request(&config)).await?;
    let response = HttpResponse { status, body: &body };
    let (provider, _) = code_flow::process_metadata_response(engine, &config, response)?;

    let listener = listen(&config).await?;
    let endpoint = code_flow::authorization_endpoint(&provider)?;
    let (url, transaction) =
        build_authorization_url(&config, endpoint, &LoginOptions::default(), &entropy()?, now())?;
    println!("Open {url}");

    let callback = callback(&listener, &config, &transaction).await?;
    Ok(sign_in(&http, &config, &provider, transaction, &callback).await?)
}

/// The exchange. Answers with the ID token's claims as JSON.
async fn sign_in(
    http: &reqwest::Client,
    config: &Config,
    provider: &Metadata,
    transaction: Transaction,
    callback: &str,
) -> Result<String, Error> {
    let code = code_flow::process_authorization_response(config, provider, &transaction, callback, now())?;
    // Code and verifier are spent here: the transaction is gone.
    let (request, awaited) = code_flow::token_request(provider, transaction, code)?;
    let (status, body) = send(http, request).await?;
    let response = HttpResponse { status, body: &body };
    let tokens = code_flow::process_token_response(engine, config, provider, &awaited, response, now())?;
    Ok(tokens.id_token.map(|id_token| id_token.claims).unwrap_or_default())
}

async fn listen(config: &Config) -> Result<TcpListener, Box<dyn StdError>> {
    let authority = config.redirect_uri.split('/').nth(2).unwrap_or_default();
    let port = authority.rsplit_once(':').ok_or("the redirect URI names no port")?.1;
    Ok(TcpListener::bind(("localhost", port.parse()?)).await?)
}

/// Waits for the request that answers this very sign-in; whatever else comes (an icon, another tab) is not found.
async fn callback(
    listener: &TcpListener,
    config: &Config,
    transaction: &Transaction,
) -> Result<String, Box<dyn StdError>> {
    let origin_end =
        config.redirect_uri.match_indices('/').nth(2).map_or(config.redirect_uri.len(), |(at, _)| at);
    loop {
        let (mut stream, _) = listener.accept().await?;
        // Browsers open connections ahead of need, and send nothing on them.
        let requested = tokio::time::timeout(Duration::from_secs(2), requested_path(&mut stream)).await;
        let Ok(Some(path)) = requested else { continue };
        let url = format!("{}{path}", &config.redirect_uri[..origin_end]);
        let answers = code_flow::state_of(&url)
            .is_some_and(|state| code_flow::same_secret(state.expose(), transaction.state.expose()));
        let (status, text) = if answers {
            ("200 OK", "You may close this page and go back to the terminal.")
        } else {
            ("404 Not Found", "This is not the sign-in that the terminal waits for.")
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\
             referrer-policy: no-referrer\r\nconnection: close\r\n\r\n{text}",
            text.len()
        );
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
        if answers {
            return Ok(url);
        }
    }
}

/// The path and query of a GET, once its head was read.
async fn requested_path(stream: &mut TcpStream) -> Option<String> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next_line().await.ok()??;
    while !lines.next_line().await.ok()??.is_empty() {}
    let path = first.strip_prefix("GET ")?.split(' ').next()?;
    path.starts_with('/').then(|| path.to_owned())
}
