//! Other cities whose cards our counters accept, and their status lists.

use diesel::prelude::*;

use super::schema::{recognised_issuer, recognised_list};
use super::{AnyConnection, UtcTime};

/// Another city's issuer.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = recognised_issuer)]
#[diesel(treat_none_as_default_value = false)]
pub struct RecognisedIssuer {
    /// Its address, as its cards say.
    pub url: String,
    /// Its name.
    pub name: String,
    /// Its public keys, as a JWK set.
    pub jwks: String,
    /// The services its cards may open here, with spaces between.
    pub services: String,
    /// Whether it publishes status lists.
    pub has_status: bool,
    /// Since when it is recognised.
    pub added_at: UtcTime,
}

impl RecognisedIssuer {
    /// Recognises an issuer, in place of what was known of it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn put(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        let known = diesel::update(recognised_issuer::table.find(&self.url))
            .set((
                recognised_issuer::name.eq(&self.name),
                recognised_issuer::jwks.eq(&self.jwks),
                recognised_issuer::services.eq(&self.services),
                recognised_issuer::has_status.eq(self.has_status),
                recognised_issuer::added_at.eq(self.added_at),
            ))
            .execute(conn)?;
        if known == 0 {
            diesel::insert_into(recognised_issuer::table).values(self).execute(conn)?;
        }
        Ok(())
    }

    /// Every recognised issuer, by address.
    ///
    /// # Errors
    /// When the database fails.
    pub fn all(conn: &mut AnyConnection) -> QueryResult<Vec<Self>> {
        recognised_issuer::table.order(recognised_issuer::url).load(conn)
    }

    /// Recognises an issuer and its lists no more; says whether it was.
    ///
    /// # Errors
    /// When the database fails.
    pub fn remove(conn: &mut AnyConnection, url: &str) -> QueryResult<bool> {
        let gone = diesel::delete(recognised_issuer::table.find(url)).execute(conn)?;
        Ok(gone > 0)
    }
}

/// A status list of another city's issuer, as it signed it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = recognised_list)]
#[diesel(treat_none_as_default_value = false)]
pub struct RecognisedList {
    /// The list's address, as the cards say.
    pub uri: String,
    /// The issuer's address.
    pub url: String,
    /// The signed list.
    pub token: Vec<u8>,
}

impl RecognisedList {
    /// Keeps a list, in place of an earlier one.
    ///
    /// # Errors
    /// When the issuer is not recognised, or the database fails.
    pub fn put(&self, conn: &mut AnyConnection) -> QueryResult<()> {
        diesel::delete(recognised_list::table.find(&self.uri)).execute(conn)?;
        diesel::insert_into(recognised_list::table).values(self).execute(conn)?;
        Ok(())
    }

    /// The lists of an issuer, by address.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of_issuer(conn: &mut AnyConnection, url: &str) -> QueryResult<Vec<Self>> {
        recognised_list::table.filter(recognised_list::url.eq(url)).order(recognised_list::uri).load(conn)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{databases, entry, now};
    use super::super::{DbError, columns::UtcTime};
    use super::*;

    #[test]
    fn an_issuer_is_replaced_and_its_lists_go_with_it() {
        let issuer = RecognisedIssuer {
            url: "https://card.other.example".to_owned(),
            name: "Other".to_owned(),
            jwks: "{\"keys\":[]}".to_owned(),
            services: "library".to_owned(),
            has_status: true,
            added_at: UtcTime::from(now()),
        };
        let list = |token: &[u8]| RecognisedList {
            uri: "https://card.other.example/s/1".to_owned(),
            url: issuer.url.clone(),
            token: token.to_vec(),
        };
        for test in databases() {
            let orphan = test.db.write(|tx| {
                tx.audit(entry("orphan"))?;
                Ok::<_, DbError>(list(b"x").put(tx.conn())?)
            });
            assert!(orphan.is_err(), "a list needs its issuer");
            let newer = RecognisedIssuer { has_status: false, ..issuer.clone() };
            test.write(|tx| {
                issuer.put(tx.conn())?;
                newer.put(tx.conn())?;
                list(b"1").put(tx.conn())?;
                list(&[0xd2, 0]).put(tx.conn())?;
                assert_eq!(RecognisedIssuer::all(tx.conn())?, std::slice::from_ref(&newer));
                assert_eq!(RecognisedList::of_issuer(tx.conn(), &issuer.url)?, [list(&[0xd2, 0])]);
                assert!(RecognisedIssuer::remove(tx.conn(), &issuer.url)?);
                assert!(!RecognisedIssuer::remove(tx.conn(), &issuer.url)?);
                assert_eq!(RecognisedList::of_issuer(tx.conn(), &issuer.url)?, []);
                Ok(())
            });
        }
    }
}
