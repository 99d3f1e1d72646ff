//! Power, backups, copies.

use std::{fs, sync::Arc};

use super::World;
use crate::{
    call::Ended,
    chance::secret,
    clock::PhoneClock,
    phone::{Phone, PhoneCopy, copy_folder},
    relay::Backup,
};

impl World {
    /// Pulls the battery of a phone: its process is gone, in the middle of whatever it did.
    pub fn kill(&mut self, name: &str) {
        self.note(format!("{name} is killed"));
        let mut n = 0;
        while n < self.calls.len() {
            if self.calls[n].phone == name && self.calls[n].side.is_some() {
                let before = self.calls.len();
                self.end(n, Ended::Cut);
                n += usize::from(self.calls.len() == before);
            } else {
                n += 1;
            }
        }
        self.phone_mut(name).off();
    }

    /// Kills the relay and starts it: no session outlives it.
    pub fn kill_relay(&mut self) {
        self.note("the relay is killed".into());
        self.relay.kill();
        self.relay.start();
        self.hang_up_all();
        self.look_at_relay();
        self.judge_receipts();
    }

    /// A backup of the relay, as of now.
    pub fn back_up(&mut self) -> Backup {
        self.note("the relay is backed up".into());
        self.hang_up_all();
        self.relay.back_up()
    }

    /// Puts a backup under the running day.
    pub fn restore(&mut self, backup: &Backup) {
        self.note("the relay is restored".into());
        self.hang_up_all();
        self.relay.restore(backup);
        self.judge_after_restore();
        self.excuse();
    }

    /// Copies a phone's files, as a backup of the system would.
    pub fn copy_phone(&mut self, name: &str) -> PhoneCopy {
        self.kill(name);
        self.copies += 1;
        let folder = self.folder.path().join(format!("copy-{}", self.copies));
        copy_folder(&self.phones[name].folder, &folder);
        self.note(format!("{name} is copied"));
        PhoneCopy { of: name.to_owned(), folder, ledger: self.ledger.lines.len() }
    }

    /// Puts a copy back into the phone that it is of. Nobody tells the phone.
    pub fn roll_back(&mut self, copy: &PhoneCopy) {
        self.kill(&copy.of);
        self.note(format!("{} is rolled back", copy.of));
        let folder = self.phones[&copy.of].folder.clone();
        fs::remove_dir_all(&folder).unwrap();
        copy_folder(&copy.folder, &folder);
        self.ledger.origin_goes(&copy.of, copy.ledger);
        self.excuse();
    }

    /// Puts a copy into a second phone, with the same key.
    pub fn clone_phone(&mut self, copy: &PhoneCopy, name: &str) {
        self.note(format!("{} is cloned as {name}", copy.of));
        let code = self.phones[&copy.of].code.clone();
        let secret = secret(self.seed, copy.of.split('+').next().unwrap());
        let (folder, entropy) = self.new_store(name);
        let clock = Arc::new(PhoneClock::new(self.clock.clone()));
        let mut phone = Phone::new(name, &code, secret, folder, clock, entropy);
        phone.revoked = self.phones[&copy.of].revoked;
        copy_folder(&copy.folder, &phone.folder);
        self.phones.insert(name.to_owned(), phone);
    }

    /// A phone is lost for good.
    pub fn lose(&mut self, name: &str) {
        self.kill(name);
        self.note(format!("{name} is lost"));
        self.phones.remove(name);
        self.ledger.origin_goes(name, 0);
        self.excuse();
    }
}
