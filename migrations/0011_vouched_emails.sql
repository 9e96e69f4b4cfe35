-- The address that the provider vouched for when it signed the user in last; NULL
-- where it vouched for none. A session counts the user's email as verified only while
-- the account that it came through vouches for it.
ALTER TABLE auth_accounts ADD COLUMN vouched_email TEXT;

-- Until now an account was linked only where its provider vouched for the email.
UPDATE auth_accounts
SET vouched_email = (
    SELECT email FROM auth_users
    WHERE id = auth_accounts.user_id AND email_verified = TRUE)
WHERE issuer <> 'password';
