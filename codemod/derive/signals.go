package derive

func (d *deriver) signals() {}
