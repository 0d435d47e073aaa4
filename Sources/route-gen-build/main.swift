print("route-gen-build")
