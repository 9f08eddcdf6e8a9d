"""Rival circuits side by side: what each explains, what tells them apart, and which assumptions their signs hang on."""
