print("route-gen")
