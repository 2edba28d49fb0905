"""How the shipped checkpoint was trained, from rendered scenes to the files in models/tiny-sd."""
