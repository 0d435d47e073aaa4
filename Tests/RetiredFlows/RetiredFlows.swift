// The build plugin runs for a target that has a Swift file.
