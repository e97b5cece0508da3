# shellcheck shell=bash
# The root file system: what is in the folder root/, and the directories that git does not keep. Sourced after common.sh.

KS_MKMINIX=$KS_OUT/tools/mkminix/mkminix
KS_ROOT_DIRECTORIES=(/dev /etc /home /mnt /proc /root /tmp /var/www)

# make_image FILE SIZE: a new image of that size (K, M or G may follow), sparse; its times are fixed.
make_image() {
    local directories=() directory
    for directory in "${KS_ROOT_DIRECTORIES[@]}"; do directories+=(-m "$directory"); done
    SOURCE_DATE_EPOCH=1767225600 "$KS_MKMINIX" -s "$2" -d "$KS_ROOT/root" "${directories[@]}" "$1"
}
