# Passkeys, one-time codes, and where one is signed in.
security-title = Security
security-text = Passkeys, one-time codes, and where you are signed in.
security-open = Open security
passkeys-title = Passkeys
passkeys-text = A passkey is kept by your device or a security key. With it you sign in without a password.
passkeys-no-name = This installation’s address has no name that browsers keep passkeys for. They need one such as https://reader.example.
passkey-add = Add a passkey
passkey-name = What to call it
passkey-name-example = Blue security key
security-passkey-name = Passkey
security-passkey-nameless = Give the passkey a name.
security-passkey-unused = Added { $added }, not used yet
security-passkey-used = Added { $added }, last used { $used }
security-passkey-added = The passkey is added
security-passkey-removed = The passkey is removed
passkey-rename = Rename
passkey-rename-of = Rename { $name }
passkey-remove = Remove
passkey-remove-of = Remove { $name }
passkey-after = Ask for a passkey after the password, too
passkey-sign-in = Sign in with a passkey
passkey-use = Use a passkey
passkey-none = No passkey was used. Try again, or go on without.
passkey-not-made = No passkey was made. Try again.
passkey-needs-scripts = Passkeys need JavaScript.
security-only-passkeys = Take the password away
security-only-passkeys-hint = Then only your passkeys, or your provider, open the account. You’ll be signed out elsewhere.
security-without-password = Your account has no password.
security-password-removed = The password is gone. You’re signed out everywhere else.
codes-title = One-time codes
codes-text = After your password you type a code that an app on your phone shows.
codes-set-up = Set up codes
codes-are-on = { $n ->
    [one] On. { $n } recovery code is left.
   *[other] On. { $n } recovery codes are left.
}
codes-renew = New recovery codes
codes-switch-off = Switch codes off
codes-on = One-time codes are on
codes-off = One-time codes are off
codes-renewed = New recovery codes are made. The old ones don’t count any more.
codes-recovery = Recovery codes
codes-recovery-text = Each signs you in once, when you don’t have your phone. Keep them somewhere safe: they aren’t shown again.
codes-step-scan = Let your authenticator app read this picture, or type the secret into it.
codes-picture = QR code with the secret
codes-secret = Secret
codes-step-type = Type the code that it shows
codes-switch-on = Switch codes on
codes-wrong = That isn’t the code that the app shows now. Look again, and check that the phone’s clock is right.
second-title = One more step
second-text = The password for { $email } was right.
second-code = Code
second-code-hint = From your app, or one of your recovery codes.
second-wrong = That code is wrong, or was used before. Take the one that the app shows now.
second-recovery-used = { $n ->
    [0] You used your last recovery code. Make new ones in the settings, under Security.
    [one] You used a recovery code. { $n } is left.
   *[other] You used a recovery code. { $n } are left.
}
second-back = Sign in as somebody else
sessions-title = Where you’re signed in
sessions-this = This device
sessions-end = Sign out
sessions-end-of = Sign out { $name }
sessions-end-others = Sign out everywhere else
sessions-hint = Apps have tokens of their own:
security-device = { $browser } on { $system }
security-some-device = A browser
security-since = Since { $date }
security-session-ended = Signed out there
security-sessions-ended = You’re signed out everywhere else
