// The floor's sources come here.
