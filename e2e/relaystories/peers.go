package main

// peers are the stories of other people's chains and relayers.
var peers []story
