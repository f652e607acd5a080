nav-staff = Officers
staff-list = Who may sign in
staff-active = may sign in
staff-no-factor = has not used the link yet
staff-blocked = let in no more
staff-since = Since { $date }
staff-own = This is you. Another custodian can reset or disable you.
staff-reset = New link
staff-disable = Disable
staff-hint = A new link takes password, telephone and sessions away. It also lets a disabled officer in again.
staff-add = Add an officer
staff-login-hint = Letters a to z, digits, dot, hyphen and underscore; at most 32.
staff-role = Role
staff-not-yourself = Nobody resets or disables their own account. Ask another custodian.
wrong-login = Use letters a to z, digits, dot, hyphen and underscore, at most 32.
wrong-login-taken = There is an officer of this login already.
staff-link-title = One-time link
staff-link-text = { $login } opens this link within 24 hours, once, to choose a password and connect a telephone.
staff-link-once = It is shown only now. Give it to the officer and to nobody else.
staff-link-on = Given
done-officer-disabled = The officer is let in no more, and all sessions have ended.
staff-sure-reset = Give { $login } a new link?
staff-sure-disable = Let { $login } in no more?
staff-sure-sessions = { $count ->
    [0] The officer is signed in nowhere now.
    [one] The officer is signed in once; that session ends at once, and what is half typed there is kept.
   *[other] The officer is signed in { $count } times; all sessions end at once, and what is half typed there is kept.
}
staff-sure-out = The officer cannot sign in until a custodian gives a new link.
staff-sure-anew = Password, telephone and recovery codes count no more. The link lets the officer choose new ones, within 24 hours.
staff-sure-stays = What the officer did stays in the audit log. Cards stay as they are.
staff-sure-back = Back, and change nothing
