//! The doors of one's own account, and those by which people come in.

use app::account::api::{
    ChangePassword, CheckResetLink, CheckVerifyLink, CreateToken, DemoGuests, Outbox, PasswordStrength, Rename,
    RequestPasswordReset, ResendVerification, ResetPassword, RevokeToken, Sessions, SignIn, SignOut, SignOutEverywhere,
    SignOutOne, SignUp, SwitchOrg, Tokens, VerifyEmail, WhoAmI,
};
use domain::account::SignUpAs;
use domain::token::{Scope, TokenKind};
use service::testing::PASSWORD;

use super::{Door, OWN, Who, World, door, public};

pub(super) fn doors(world: &World) -> Vec<Door> {
    let email = || "nobody@example.com".to_owned();
    let long = || "nine tulips walk uphill".to_owned();
    let sign_up = SignUp {
        name: "Nobody".into(),
        email: email(),
        password: long(),
        sign_up_as: SignUpAs::Client,
        organization: String::new(),
        invite: String::new(),
    };
    vec![
        public(&WhoAmI {}, "ok", "a stranger learns that nobody is signed in"),
        public(&DemoGuests {}, "ok", "who can be tried out; nobody where there is no demo workspace"),
        public(
            &SignIn { email: email(), password: PASSWORD.into(), next: String::new() },
            "wrong_credentials",
            "the way in; attempts are counted",
        ),
        public(&sign_up, "ok", "the way in; the answer does not tell whether the address is known"),
        public(
            &ResendVerification { email: email() },
            "ok",
            "for people who cannot sign in yet; known and unknown addresses are answered alike",
        ),
        public(&VerifyEmail { token: "guess".into() }, "link_expired", "the mailed token is the proof"),
        public(
            &RequestPasswordReset { email: email() },
            "ok",
            "for people who cannot sign in; known and unknown addresses are answered alike",
        ),
        public(&CheckResetLink { token: "guess".into() }, "link_expired", "the mailed token is the proof"),
        public(&CheckVerifyLink { token: "guess".into() }, "link_expired", "the mailed token is the proof"),
        public(
            &ResetPassword { token: "guess".into(), password: long() },
            "link_expired",
            "the mailed token is the proof",
        ),
        public(
            &PasswordStrength { password: long(), known: String::new() },
            "ok",
            "arithmetic on what was typed, for the sign-up form",
        ),
        public(&SignOut {}, "ok", "leaving twice is no mistake"),
        public(&Outbox {}, "ok", "mails of a development server; see the test of the development pages"),
        door(&Rename { name: "Ann".into() }, OWN, None, Who::Guest),
        door(&Sessions {}, OWN, None, Who::Owner),
        door(
            &SignOutOne { session_id: world.other_session },
            "not_found",
            Some((Who::Member, "not_found")),
            Who::Owner,
        ),
        door(&Tokens {}, OWN, None, Who::Owner),
        door(
            &CreateToken { title: "x".into(), kind: TokenKind::Key, scope: Scope::Write, days: 0 },
            OWN,
            None,
            Who::Owner,
        ),
        door(&RevokeToken { token_id: world.token_id }, "not_found", Some((Who::Member, "not_found")), Who::Owner),
        door(&SwitchOrg { org_id: world.org_id }, "not_found", None, Who::Owner),
        door(&SignOutEverywhere {}, OWN, None, Who::Owner),
        door(&ChangePassword { present: PASSWORD.into(), new: long() }, OWN, None, Who::Owner),
    ]
}
