# One static binary, which `make dist` builds, on nothing: no shell, no libraries, no certificates (they are compiled in).
# From source, without `make dist`: deploy/home/Dockerfile.
FROM scratch
COPY dist/dormouse /dormouse
# Nobody: an id that no system gives to anybody.
USER 65532:65532
# Where there is a store in a folder, it is a volume that this user may write: -e STORE=/data -v …:/data
ENTRYPOINT ["/dormouse"]
CMD ["serve"]
