package app

import (
	"fmt"

	storetypes "cosmossdk.io/store/types"
	upgradetypes "cosmossdk.io/x/upgrade/types"
)

// storeUpgrades says per upgrade plan which stores it adds, renames or deletes. The plan's handler is set in
// registerUpgrades under the same name. There has been no upgrade yet.
var storeUpgrades = map[string]storetypes.StoreUpgrades{}

// registerUpgrades makes a node that starts at an upgrade's height load the stores as the plan says.
func (app *App) registerUpgrades() {
	info, err := KeepersOf(app).Upgrade.ReadUpgradeInfoFromDisk()
	if err != nil {
		panic(fmt.Errorf("upgrade-info.json in the node's data folder: %w", err))
	}
	if KeepersOf(app).Upgrade.IsSkipHeight(info.Height) {
		return
	}
	if changes, ok := storeUpgrades[info.Name]; ok {
		app.SetStoreLoader(upgradetypes.UpgradeStoreLoader(info.Height, &changes))
	}
}
